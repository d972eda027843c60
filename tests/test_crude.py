"""The crude drawings: what the files show is what the code draws, and it is a drawing of the task's kind."""

import numpy as np
import pytest
from PIL import Image

from pix2pix.inference.translator import Translator
from pix2pix.tasks import TASKS
from tools import crude_sheet
from tools.crude import FOLDER
from tools.crude.__main__ import CRUDE, small

DRAWINGS = [(task, name) for task, drawings in CRUDE.items() for name in drawings]


def test_every_drawn_task_has_ten():
    drawn = {name for name, task in TASKS.items() if task.canvas in ("lines", "labels")}
    assert {task: len(drawings) for task, drawings in CRUDE.items()} == dict.fromkeys(drawn, 10)
    on_disk = {(path.parent.name, path.stem) for path in FOLDER.rglob("*.png")}
    assert on_disk == set(DRAWINGS)


@pytest.mark.parametrize(("task", "name"), DRAWINGS)
def test_the_file_shows_what_the_code_draws(task, name):
    stored = Image.open(FOLDER / task / f"{name}.png")
    made = CRUDE[task][name]()
    assert stored.size == (256, 256) and stored.mode in ("L", "P")
    np.testing.assert_array_equal(np.asarray(stored.convert("RGB")), np.asarray(small(made).convert("RGB")))
    colors = {color for _, color in made.convert("RGB").getcolors(1 << 16)}
    if TASKS[task].palette:
        assert len(colors) >= 2 and colors <= {color for _, color in TASKS[task].palette}
    else:
        ink = (np.asarray(made) < 128).mean()
        assert made.mode == "L" and 0.003 < ink < 0.15


def test_no_two_drawings_are_alike():
    assert len({CRUDE[task][name]().tobytes() for task, name in DRAWINGS}) == len(DRAWINGS)


def picture(level: int) -> Image.Image:
    return Image.new("RGB", (256, 256), (level, level, level))


@pytest.mark.parametrize(("count", "across"), [(1, 4), (2, 3), (3, 4), (5, 6)])
def test_pages_show_every_picture_once_in_its_order(count, across):
    """Picture k is of gray level k: read back from the middle of each tile."""
    rows = [[picture(9 * r + c) for c in range(count + 1)] for r in range(10)]
    seen = []
    for page in crude_sheet.pages(rows):
        assert page.width == across * 260 - 4
        assert page.width * page.height <= (4 * 260) ** 2
        levels = np.asarray(page.convert("L"))[128::260, 128::260]
        seen += [level for level in levels.ravel().tolist() if level != 255]
    assert seen == [9 * r + c for r in range(10) for c in range(count + 1)]


def test_rows_show_the_drawing_and_what_each_checkpoint_makes_of_it(shipped):
    path = FOLDER / "facades" / "nine-boxes.png"
    translator = Translator("facades", "cpu")
    ((drawing, one, two),) = crude_sheet.rows_of([path], [translator, translator], 3, (200, 40, 40))
    np.testing.assert_array_equal(
        np.asarray(drawing.convert("RGB")), np.asarray(Image.open(path).convert("RGB"))
    )
    expected = translator.translate(Image.open(path), 3)
    assert one.tobytes() == two.tobytes() == expected.tobytes()
