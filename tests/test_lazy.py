"""Pairs that are larger than memory: the same batches bit for bit, read by workers, kept on disk."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import TINY, draw_pair
from PIL import Image

from pix2pix import checkpoints
from pix2pix.config import TrainConfig
from pix2pix.data.batches import epoch_order, pair_at, reading_ahead, training_batch
from pix2pix.data.lazy import Cache, memory_here
from pix2pix.data.sources import load_pairs
from pix2pix.training.loop import fit

LITTLE = 1e-9  # GB of memory: one byte


@pytest.fixture
def set_of(tmp_path):
    """Pairs of one kind of file each: side by side, or photo and edges."""

    def make(kind: str, count: int = 7) -> Path:
        root = tmp_path / kind
        for number in range(count):
            picture, labels = draw_pair(number, 48)
            if kind == "edges":
                for name, one in (("photo", picture), ("edges", labels.convert("L"))):
                    (root / name).mkdir(parents=True, exist_ok=True)
                    one.save(root / name / f"{number}.png")
                continue
            root.mkdir(exist_ok=True)
            both = Image.new("RGB", (96, 48))
            both.paste(picture, (0, 0))
            both.paste(labels, (48, 0))
            both.save(root / f"{number}.png")
        return root

    return make


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind, settings",
    [
        ("sides", {}),
        ("sides", {"direction": "BtoA", "balance": True, "batch_size": 2, "color_wish": True}),
        ("edges", {"pairs": "soft-edges", "direction": "BtoA", "place": True}),
    ],
)
def test_the_same_batches_bit_for_bit(set_of, tmp_path, kind, settings):
    """In memory, and read ahead by a process of its own; the second time from the cache."""
    config = TrainConfig(data=str(set_of(kind)), out=str(tmp_path / "run"), **{**TINY, **settings})
    there = load_pairs(config)
    expected = [training_batch(there, config, step) for step in range(10)]
    small = replace(config, memory=LITTLE)
    for turn in range(2):
        pairs = load_pairs(small)
        assert pairs.lazy and there.lazy is None and pairs.colors == there.colors
        with reading_ahead(pairs, small, range(10)):
            assert (pairs.lazy.pool is not None) == (turn == 0 or small.balance)  # all is in the cache
            for step in range(10 if turn else 9):  # stopped before the end, the cache stays
                for one, other in zip(training_batch(pairs, small, step), expected[step], strict=True):
                    assert torch.equal(one, other)
            if turn == 0:
                kept = [pairs.lazy.cache.load(which) for which in range(len(pairs))]
                assert all(pair is not None for pair in kept)
                assert all(np.array_equal(a, pair[0]) for a, pair in zip(there.a, kept, strict=True))
        assert (tmp_path / "run" / "cache").exists() == (turn == 0)


@pytest.mark.slow
def test_a_run_ends_in_the_same_weights(tiny_config, tmp_path):
    fit(tiny_config)
    small = replace(tiny_config, memory=LITTLE, out=str(tmp_path / "small"))
    fit(replace(small, steps=4, constant_part=1.0))
    going_on = replace(small, steps=8, constant_part=0.5, resume=True)
    first, second = Path(tiny_config.out), fit(going_on)
    one, other = (checkpoints.read_tensors(out / "state.safetensors")[0] for out in (first, second))
    assert one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)
    assert not (second / "cache").exists()


def test_other_files_are_not_taken_from_the_cache(set_of, tmp_path):
    root = set_of("sides")
    config = TrainConfig(data=str(root), out=str(tmp_path / "run"), memory=LITTLE, **TINY)
    pairs = load_pairs(config)
    before = pairs.a[2].copy()
    assert pairs.lazy.cache.load(2) is not None
    path = root / f"{pairs.names[2]}.png"
    draw_pair(99, 96)[0].resize((96, 48)).save(path)
    os.utime(path, (1, 1))
    again = load_pairs(config)
    assert again.lazy.cache.path != pairs.lazy.cache.path
    assert not np.array_equal(again.a[2], before)


def test_a_broken_file_is_named_before_the_first_step(set_of, tmp_path):
    root = set_of("sides", 40)
    (root / "17.png").write_bytes(b"no picture")
    config = TrainConfig(data=str(root), out=str(tmp_path / "run"), memory=LITTLE, **TINY)
    with pytest.raises(ValueError, match=r"17\.png: not a picture"):
        load_pairs(config)


@pytest.mark.slow
def test_a_file_that_breaks_later_is_named_by_the_step_that_needs_it(set_of, tmp_path):
    root = set_of("sides")
    config = TrainConfig(data=str(root), out=str(tmp_path / "run"), memory=LITTLE, **TINY)
    pairs = load_pairs(config)
    for path in root.iterdir():
        path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ValueError, match=r"\d\.png: "), reading_ahead(pairs, config, range(6)):
        for step in range(6):
            training_batch(pairs, config, step)


def test_without_room_on_disk_there_is_no_cache(set_of, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("pix2pix.data.lazy.SPARE", 0.0)
    config = TrainConfig(data=str(set_of("sides")), out=str(tmp_path / "run"), memory=LITTLE, **TINY)
    pairs = load_pairs(config)
    assert pairs.lazy.cache is None and "decoded again each time" in capsys.readouterr().err
    assert np.array_equal(pairs.b[3], load_pairs(replace(config, memory=0.0)).b[3])


def test_a_half_written_pair_is_not_there(tmp_path):
    cache = Cache.open(tmp_path, 8, 3, "x")
    a, b = np.full((8, 8, 3), 7, np.uint8), np.full((8, 8, 1), 9, np.uint8)
    cache.store(1, (a, b))
    assert cache.load(0) is None and cache.load(2) is None
    assert all(np.array_equal(x, y) for x, y in zip(cache.load(1), (a, b), strict=True))
    with open(cache.path, "rb+") as file:  # cut off by a crash
        file.truncate(cache.record + 100)
    assert cache.load(1) is None


@pytest.mark.slow
def test_workers_end_with_a_run_that_is_killed(set_of, tmp_path):
    code = f"""
import os, signal, sys
from pix2pix.config import TrainConfig
from pix2pix.data.batches import reading_ahead, training_batch
from pix2pix.data.sources import load_pairs
config = TrainConfig(data={str(set_of("sides"))!r}, memory={LITTLE}, **{TINY!r})
pairs = load_pairs(config)
with reading_ahead(pairs, config, range(1000)):  # a script that runs on import, too
    training_batch(pairs, config, 0)
    print(*pairs.lazy.pool._processes, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    (tmp_path / "killed.py").write_text(code)
    root = str(Path(__file__).resolve().parent.parent)
    run = subprocess.run(
        [sys.executable, str(tmp_path / "killed.py")],
        env={**os.environ, "PYTHONPATH": root},
        stdout=subprocess.PIPE,  # ends when the last worker has ended, which holds it open too
        timeout=600,
        text=True,
    )
    assert run.returncode == -9 and run.stdout.split()


def test_the_order_is_a_shuffle_of_all(tiny_config, pairs_folder):
    pairs = load_pairs(tiny_config)
    expected = np.random.default_rng((tiny_config.seed, 1)).permutation(6)
    assert [pair_at(pairs, tiny_config, 6 + i, 0) for i in range(6)] == expected.tolist()
    assert epoch_order(0, 1, 6) is epoch_order(0, 1, 6)


def test_the_limit_is_a_part_of_the_memory_here(tiny_config):
    assert 2**28 < memory_here() < 2**50
    assert load_pairs(tiny_config).lazy is None
    assert load_pairs(replace(tiny_config, memory=1e-5)).lazy is not None
    assert load_pairs(replace(tiny_config, memory=1e-5), "val", limit=2).lazy is None
