"""The example pictures: enough of them, as their tasks expect them, drawn by the code that stands here."""

import numpy as np
import pytest
from PIL import Image

from pix2pix.examples import EXAMPLES, example_paths
from pix2pix.tasks import TASKS
from tools.examples.__main__ import DRAWINGS, write
from tools.examples.pen import Pen, evenly_spaced, sharp, smooth
from tools.examples.photos import PHOTOS, SOURCES

ALL = DRAWINGS | PHOTOS
LINES = ("edges2cats", "edges2shoes", "sketch2portrait", "sketch2emoji")
LABELS = [name for name, task in TASKS.items() if task.canvas == "labels"]
AT_LEAST = {"edges2cats": 24, "facades": 12, "edges2shoes": 14, "sketch2portrait": 12, "sketch2emoji": 10}


def as_array(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.convert("RGBA"), dtype=int)


def test_every_task_has_examples_and_every_example_a_task():
    assert set(ALL) == set(TASKS)
    for task, pictures in ALL.items():
        assert [path.stem for path in example_paths(task)] == sorted(pictures)


@pytest.mark.parametrize("task", DRAWINGS)
def test_there_are_enough_drawings(task):
    assert len(example_paths(task)) >= AT_LEAST.get(task, 8)


@pytest.mark.parametrize("task", PHOTOS)
def test_there_are_some_photos(task):
    assert len(example_paths(task)) >= 4


def test_a_task_without_examples_has_none():
    assert example_paths("no such task") == []
    assert example_paths("") == []
    assert example_paths("../examples/facades") == []


def test_all_are_256_pixels_a_side_and_small_on_disk():
    paths = [path for task in ALL for path in example_paths(task)]
    for path in paths:
        with Image.open(path) as picture:
            assert picture.size == (256, 256), path
    assert sum(path.stat().st_size for path in paths) < 2_000_000


@pytest.mark.parametrize("task", LINES)
def test_line_drawings_are_dark_lines_on_white(task):
    for path in example_paths(task):
        picture = Image.open(path)
        gray = np.asarray(picture)
        assert picture.mode == "L", path
        assert (gray > 250).mean() > 0.75, path
        assert 0.005 < (gray < 100).mean() < 0.2, path


@pytest.mark.parametrize("task", LABELS)
def test_label_maps_hold_palette_colors_only(task):
    palette = {color for _, color in TASKS[task].palette}
    for path in example_paths(task):
        picture = Image.open(path)
        assert picture.mode == "RGB"
        used = {color for _, color in picture.getcolors(1 << 16)}
        assert used <= palette, path
        assert len(used) >= 4, path


def test_grey_tasks_get_grey_pictures():
    for task in ("gray2color", "thermal2color"):
        assert {Image.open(path).mode for path in example_paths(task)} == {"L"}


def test_holes_are_transparent_and_leave_most_of_the_photo():
    for path in example_paths("inpaint"):
        alpha = np.asarray(Image.open(path).getchannel("A"))
        assert set(np.unique(alpha)) == {0, 255}, path
        assert 0.01 < (alpha == 0).mean() < 0.4, path


@pytest.mark.slow
@pytest.mark.parametrize("task", DRAWINGS)
def test_drawing_again_gives_the_committed_picture(task):
    for path in example_paths(task)[::4]:  # all of them take a minute on a busy machine
        # another Pillow may round an edge or a palette entry otherwise: 1 of 255 on average
        assert np.abs(as_array(DRAWINGS[task][path.stem]()) - as_array(Image.open(path))).mean() < 1, path


@pytest.mark.slow
@pytest.mark.parametrize("task", DRAWINGS)
def test_drawing_twice_gives_the_same_pixels(task):
    draw = next(iter(DRAWINGS[task].values()))
    assert (as_array(draw()) == as_array(draw())).all()


def test_photo_examples_are_cut_again_the_same():
    pytest.importorskip("skimage")
    for task, pictures in PHOTOS.items():
        path = example_paths(task)[0]
        made, kept = (as_array(picture) for picture in (pictures[path.stem](), Image.open(path)))
        seen = made[..., 3:] > 0  # what lies under a hole is anybody's guess
        assert (made[..., 3] == kept[..., 3]).all()
        assert np.abs((made - kept) * seen).mean() < 3, path  # WebP rounds


def test_credits_name_every_source_and_its_licence():
    text = (EXAMPLES / "CREDITS.md").read_text(encoding="utf-8")
    used = {make.args[0].source for pictures in PHOTOS.values() for make in pictures.values()}
    assert used == set(SOURCES)
    for name, source in SOURCES.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
        assert source.author in row
        assert source.licence in row


def test_writing_removes_pictures_that_are_no_longer_drawn(tmp_path):
    (tmp_path / "old.png").touch()
    (tmp_path / "old.webp").touch()
    (tmp_path / "notes.txt").touch()
    list(write(tmp_path, {"new": lambda: Image.new("L", (256, 256), 255)}))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.png", "notes.txt"]


def test_a_smooth_path_runs_through_its_points_and_a_closed_one_returns():
    points = [(10, 10), (50, 20), (80, 70), (30, 90)]
    for closed in (False, True):
        path = smooth(points, closed)
        assert all(np.hypot(*(path - p).T).min() < 1e-6 for p in points)
    assert np.allclose(path[0], path[-1])


def test_sharp_points_are_joined_by_straight_lines():
    square = [(0, 0), (100, 0), (100, 100), (0, 100)]
    path = evenly_spaced(smooth(sharp(*square), closed=True))
    assert np.abs(np.abs(path - 50).max(axis=1) - 50).max() < 1.1  # corners are cut by less than a step
    assert np.hypot(*np.diff(path, axis=0).T).sum() == pytest.approx(400, abs=4)


def test_the_line_is_as_thick_as_asked():
    for width in (1, 2, 4, 8):
        pen = Pen(width=width, wobble=0)
        pen.line((20, 128), (236, 128))
        ink = (255 - np.asarray(pen.image(), dtype=float)) / 255
        assert ink[:, 128].sum() == pytest.approx(width, abs=0.5)


def test_scale_and_shift_move_a_drawing_but_keep_its_line():
    pen = Pen(width=2, wobble=0, scale=0.5, shift=(40, -20))
    pen.dot((128, 128), 20)
    dark = np.argwhere(np.asarray(pen.image()) < 128)
    assert np.allclose(dark.mean(axis=0), (108, 168), atol=1)
    assert np.ptp(dark[:, 0]) == pytest.approx(20, abs=2)
