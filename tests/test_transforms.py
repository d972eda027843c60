"""Made pairs: lines vary as hands do and stay lines; holes are holes."""

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from pix2pix.data import line_art, transforms


def circle(side: int = 128) -> torch.Tensor:
    """A soft edge map of a circle, (1, 1, side, side) in [-1, 1]."""
    page = Image.new("L", (side, side), 255)
    ImageDraw.Draw(page).ellipse((24, 24, side - 24, side - 24), outline=0, width=5)
    return torch.from_numpy(np.asarray(page)[None, None].astype(np.float32) / 127.5 - 1)


def ink(picture: torch.Tensor) -> float:
    return float(((1 - picture) / 2).mean())


def test_lines_vary_in_width_and_stay_on_white():
    drawings = [line_art.vary_lines(circle(), np.random.default_rng(seed), 0.4) for seed in range(24)]
    amounts = [ink(drawing) for drawing in drawings]
    assert all(d.shape == (1, 3, 128, 128) and d.min() >= -1 and d.max() <= 1 for d in drawings)
    assert max(amounts) > 2 * min(amounts) > 0
    corner = torch.cat([d[..., :12, :12] for d in drawings])
    assert (corner == 1).all()


def test_the_way_back_has_one_hand_for_faint_and_strong_edges():
    """Of both maps it draws the circle's outline, 3 px wide: 80 px across, so about 3·π·80 dark pixels."""
    for soft in (circle(), 1 - (1 - circle()) * 0.5):
        photo, drawing = transforms.photo_to_drawing(
            soft, torch.zeros(1, 3, 128, 128), np.random.default_rng(0)
        )
        assert photo.shape == drawing.shape == (1, 3, 128, 128) and drawing.min() >= -1
        assert ink(drawing) * 128**2 == pytest.approx(3 * np.pi * 78, rel=0.15)


@pytest.mark.parametrize("width", [1, 2, 3.5, 5])
def test_drawn_width_is_the_one_asked_for(width):
    line = np.zeros((40, 40), bool)
    line[20] = True
    assert ink(line_art.draw(line, width)) * 40 == pytest.approx(width, abs=0.3)


def test_displacement_moves_lines_but_little():
    before = circle()
    after = line_art.displace(before, 2.0, np.random.default_rng(0))
    assert not torch.equal(before, after)
    assert ink(after) == pytest.approx(ink(before), rel=0.15)
    assert torch.allclose(line_art.displace(before, 0.0, np.random.default_rng(0)), before, atol=1e-4)


def test_small_marks_go_and_gaps_come():
    marks = np.zeros((40, 40), bool)
    marks[5, 5:8] = True
    marks[20, 2:38] = True
    kept = line_art.remove_small(marks, 10)
    assert kept.sum() == 36 and not kept[5].any()
    broken = line_art.break_strokes(kept, 2, np.random.default_rng(0))
    assert 0 < broken.sum() < 36 and not (broken & ~kept).any()


def test_small_loops_are_eyes():
    page = Image.new("1", (128, 128))
    pen = ImageDraw.Draw(page)
    pen.ellipse((20, 20, 108, 108), outline=1)  # a head
    pen.ellipse((44, 50, 56, 62), outline=1)  # an eye
    pen.ellipse((28, 20, 38, 30), outline=1)  # the tip of an ear
    ink = np.array(page)
    filled = [line_art.fill_loops(ink, np.random.default_rng(seed)) for seed in range(20)]
    added, gone = (
        [m.sum() for m in marks] for marks in zip(*((f & ~ink, ink & ~f) for f in filled), strict=True)
    )
    assert min(added) == 0 and 80 < max(added) < 140  # left as it is, dotted, or filled; never the head
    assert min(gone) == 0 and 20 < max(gone) < 60  # at times nothing but the dot is left of the eye
    assert all((f ^ ink)[:47].sum() == 0 for f in filled)


def test_an_empty_drawing_is_white():
    assert (line_art.draw(np.zeros((8, 8), bool), 2) == 1).all()


def test_soft_edges_are_dark_where_the_picture_changes():
    photo = np.zeros((64, 64, 3), np.uint8)
    photo[:, 32:] = 200
    edges = line_art.soft_edges(photo)
    assert edges[:, 30:34].max() < 80 and edges[:, :20].min() > 240


def test_holes_are_of_reasonable_size():
    parts = [transforms.random_holes(64, np.random.default_rng(seed)).mean() for seed in range(40)]
    assert min(parts) > 0 and max(parts) < 0.6 and 0.05 < np.mean(parts) < 0.35


def test_gray_and_color_go_together():
    photo = torch.rand(1, 3, 8, 8) * 2 - 1
    light, color = transforms.gray_and_color(photo, photo, np.random.default_rng(0))
    from pix2pix.images import lab_to_rgb

    torch.testing.assert_close(lab_to_rgb(torch.cat((light, color), 1)), photo, atol=5e-3, rtol=0)
