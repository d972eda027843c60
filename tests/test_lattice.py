"""The lattice figure against lattices of known amplitude."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pix2pix.evaluation.lattice import (
    PERIODS,
    figures,
    lattice,
    luma,
    mean_spectrum,
    opposite,
    points,
    spectrum,
)

SIDE = 128


def photos(count: int, seed: int = 0) -> list[np.ndarray]:
    """Noise whose power falls with the square of the frequency, as that of photos does: σ 40 levels."""
    rng = np.random.default_rng(seed)
    steps = np.fft.fftfreq(SIDE) * SIDE
    falling = 1 / np.maximum(1, np.hypot(*np.meshgrid(steps, steps)))
    made = []
    for _ in range(count):
        picture = np.fft.ifft2(np.fft.fft2(rng.normal(size=(SIDE, SIDE))) * falling).real
        made.append(128 + 40 * picture / picture.std())
    return made


def wave(u: int, v: int, period: int, rms: float) -> np.ndarray:
    """cos of u/period and v/period cycles a pixel, of that root mean square."""
    rows, columns = np.mgrid[:SIDE, :SIDE]
    waves = np.cos(2 * np.pi * (u * rows + v * columns) / period)
    return waves * rms / np.sqrt(np.square(waves).mean())


def test_noise_has_no_lattice():
    flat = [np.random.default_rng(i).normal(128, 40, (SIDE, SIDE)) for i in range(30)]
    for pictures in (flat, photos(30)):
        for figure in lattice(pictures).values():
            assert figure.ratio == pytest.approx(1, abs=0.3)
    # What noise itself leaves above its ground is a small part of it.
    assert max(figure.rms for figure in lattice(flat).values()) < 0.05 * 40


@pytest.mark.parametrize(
    ("period", "u", "v", "on_axes"),
    [
        *[(2, 1, 1, False), (4, 1, 1, False), (4, 1, 2, False), (8, 3, 5, False), (8, 1, 3, False)],
        *[(2, 0, 1, True), (2, 1, 0, True), (4, 0, 1, True), (8, 3, 0, True)],
    ],
)
def test_a_known_lattice_is_found_with_its_amplitude(period, u, v, on_axes):
    ground = photos(30)
    with_wave = [picture + wave(u, v, period, 2.0) for picture in ground]
    # The rms is of what stands out at all points of a period: the wave, and what noise left there before.
    for axes in (False, True):
        before, after = lattice(ground, axes), lattice(with_wave, axes)
        for each in PERIODS:
            if axes == on_axes and each == period:
                gained = after[each].rms ** 2 - before[each].rms ** 2
                assert np.sqrt(gained) == pytest.approx(2.0, rel=0.1)
                assert after[each].ratio > before[each].ratio
            else:
                assert after[each].rms == pytest.approx(before[each].rms, rel=1e-3, abs=1e-3)


def test_a_wave_alone_is_measured_exactly():
    found = lattice([128 + wave(1, 1, 4, 0.5)])
    assert found[4].rms == pytest.approx(0.5, rel=1e-6)
    assert lattice([128 + wave(1, 1, 2, 0.5)])[2].rms == pytest.approx(0.5, rel=1e-6)


def test_amplitudes_add_as_squares_within_a_period():
    both = 128 + wave(1, 1, 4, 0.3) + wave(1, 3, 4, 0.4)
    assert lattice([both])[4].rms == pytest.approx(0.5, rel=1e-6)


def test_the_sum_of_a_spectrum_is_the_variance():
    noise = np.random.default_rng(0).normal(100, 7, (256, 128))
    assert spectrum(noise).sum() == pytest.approx(49, rel=0.05)
    assert mean_spectrum([noise, noise]) == pytest.approx(spectrum(noise))


def test_each_point_counts_once_and_belongs_to_one_period():
    shape = (SIDE, 2 * SIDE)
    seen = [point for period in PERIODS for on in (False, True) for point in points(shape, period, on)]
    # Multiples of 1/8 cycles a pixel: 8×8 bins without 0, of each conjugate pair one; 3 are their own.
    assert len(seen) == len(set(seen)) == (64 - 1 - 3) // 2 + 3
    assert not {opposite(p, shape) for p in seen if opposite(p, shape) != p} & set(seen)
    assert points(shape, 2, False) == [(SIDE // 2, SIDE)]
    assert all(
        (0 in point) == on
        for period in PERIODS
        for on in (False, True)
        for point in points(shape, period, on)
    )


def test_a_flat_picture_has_none():
    for figure in lattice([np.full((64, 64), 17.0)]).values():
        assert figure == (1.0, 0.0)


@pytest.mark.parametrize(
    "pictures",
    [
        [],
        *([np.zeros(shape)] for shape in ((60, 64), (64, 63), (32, 32), (64, 64, 3))),
        [np.zeros((64, 64)), np.zeros((128, 64))],
    ],
)
def test_other_pictures_are_refused(pictures):
    with pytest.raises(ValueError, match=r"expected"):
        lattice(pictures)


def test_figures_take_a_spectrum_and_luma_is_rec_601():
    pictures = photos(3)
    assert figures(mean_spectrum(pictures)) == lattice(pictures)
    assert luma(np.array([[[255, 255, 255], [255, 0, 0]]], np.uint8))[0] == pytest.approx([255, 76.245])


@pytest.mark.slow
def test_the_command_says_what_is_wrong_in_one_line(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "pix2pix.evaluation.lattice", "--checkpoint", "nowhere", "--data", tmp_path],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
        timeout=600,
    )
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "nowhere" in done.stderr
