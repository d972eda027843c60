"""Select, rows and grid, help for bad drawings, keys, sharing and color wishes."""

import io
import json

import numpy as np
import pytest
from browser import DESKTOP
from PIL import Image, ImageDraw

from pix2pix.tasks import FACADE_PALETTE

pytest_plugins = ["browser"]
pytestmark = pytest.mark.browser
COLORS = dict(FACADE_PALETTE)


def boxes_of(sheet: np.ndarray, color: tuple[int, int, int]) -> list[tuple[int, int]]:
    """(first, last + 1) column of each run of a color in the row that has most of it."""
    found = (sheet == np.array(color)).all(-1)
    row = found[found.sum(1).argmax()].astype(int)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], row, [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def empty_facade(someone) -> None:
    someone.choose("facades")
    with someone.new_picture():
        someone.press("clear")


# --- select ------------------------------------------------------------------------------------------------


def test_a_window_is_copied_along_a_row(desktop):
    empty_facade(desktop)
    with desktop.new_picture():
        desktop.drag((16 / 256, 80 / 256), (40 / 256, 120 / 256))
    desktop.press("select")
    desktop.drag((28 / 256, 100 / 256), (28 / 256, 100 / 256), steps=1)
    desktop.page.keyboard.press("Control+d")
    for _ in range(3):
        with desktop.new_picture():
            desktop.page.keyboard.press("Control+d")
    boxes = boxes_of(desktop.sheet(), COLORS["window"])
    assert len(boxes) == 5 and {right - left for left, right in boxes} == {24}
    assert set(np.diff([left for left, _ in boxes])) == {36}, "at even distances"
    with desktop.new_picture():
        desktop.page.keyboard.press("Control+z")
    assert len(boxes_of(desktop.sheet(), COLORS["window"])) == 4


def test_boxes_are_moved_scaled_and_deleted(visitor):
    empty_facade(visitor)
    with visitor.new_picture():
        visitor.drag((0.25, 0.25), (0.5, 0.5))
    visitor.press("select")
    with visitor.new_picture():
        visitor.drag((0.4, 0.4), (0.5, 0.5))
    sheet = visitor.sheet()
    moved = np.argwhere((sheet == COLORS["window"]).all(-1))
    assert moved.min(0) == pytest.approx((90, 90), abs=2) and moved.max(0) == pytest.approx((153, 153), abs=2)
    with visitor.new_picture():
        visitor.drag((0.6, 0.6), (0.8, 0.7))  # the lower right corner
    scaled = np.argwhere((visitor.sheet() == COLORS["window"]).all(-1))
    assert scaled.min(0) == pytest.approx((90, 90), abs=2)
    assert scaled.max(0)[1] == pytest.approx(204, abs=3) and scaled.max(0)[0] == pytest.approx(178, abs=3)
    with visitor.new_picture():
        visitor.page.keyboard.press("Delete")
    assert (visitor.sheet() == COLORS["wall"]).all()


def test_a_rubber_band_takes_all_and_arrow_keys_move(desktop):
    empty_facade(desktop)
    for left in (0.2, 0.5):
        with desktop.new_picture():
            desktop.drag((left, 0.4), (left + 0.1, 0.6))
    before = boxes_of(desktop.sheet(), COLORS["window"])
    desktop.press("select")
    desktop.drag((0.05, 0.1), (0.9, 0.9))
    with desktop.new_picture():
        desktop.page.keyboard.press("Shift+ArrowRight")
    after = boxes_of(desktop.sheet(), COLORS["window"])
    assert np.array_equal(np.array(after), np.array(before) + 8)


def test_a_stroke_of_a_line_drawing_is_moved(desktop):
    with desktop.new_picture():
        desktop.press("clear")
    desktop.press("line")
    with desktop.new_picture():
        desktop.drag((0.2, 0.3), (0.8, 0.3))
    desktop.press("select")
    with desktop.new_picture():
        desktop.drag((0.5, 0.3), (0.5, 0.6))
    rows = np.flatnonzero((desktop.sheet().mean(-1) < 128).any(1)) / 512
    assert rows.mean() == pytest.approx(0.6, abs=0.01)


def test_a_box_of_an_example_can_be_taken(desktop):
    desktop.choose("facades")
    desktop.press("example")
    desktop.page.wait_for_timeout(300)
    with desktop.new_picture():
        desktop.press("clear")
    labels = Image.new("RGB", (256, 256), COLORS["wall"])
    ImageDraw.Draw(labels).rectangle((40, 60, 79, 119), fill=COLORS["door"])
    buffer = io.BytesIO()
    labels.save(buffer, "PNG")
    file = {"name": "labels.png", "mimeType": "image/png", "buffer": buffer.getvalue()}
    with desktop.new_picture():
        desktop.page.locator(".studio .file").set_input_files(file)
    desktop.press("select")
    with desktop.new_picture():
        desktop.drag((60 / 256, 90 / 256), (160 / 256, 90 / 256))
    sheet = desktop.sheet()
    assert boxes_of(sheet, COLORS["door"]) == [(140, 180)]
    assert (sheet[60:120, 40:80] == COLORS["wall"]).all(), "the wall is closed again"


def test_a_row_of_windows_and_the_grid(desktop):
    empty_facade(desktop)
    desktop.press("snap")
    desktop.press("row")
    with desktop.new_picture():
        desktop.drag((0.05, 0.27), (0.94, 0.45))
    boxes = boxes_of(desktop.sheet(), COLORS["window"])
    assert len(boxes) >= 4
    assert boxes[0][0] % 8 == 0 and boxes[-1][1] % 8 == 0, "its ends lie on the grid"
    widths = [right - left for left, right in boxes]
    assert max(widths) - min(widths) <= 1
    with desktop.new_picture():
        desktop.press("undo")
    assert (desktop.sheet() == COLORS["wall"]).all(), "one step"


# --- help for bad drawings ---------------------------------------------------------------------------------


def test_a_tiny_drawing_in_a_corner_is_fitted_with_one_tap(visitor):
    with visitor.new_picture():
        visitor.press("clear")
    with visitor.new_picture():
        visitor.drag((0.05, 0.05), (0.2, 0.05), (0.2, 0.2), (0.05, 0.05))
    button = visitor.page.get_by_role("button", name="Fit to canvas")
    button.wait_for()
    with visitor.new_picture():
        button.click()
    marks = np.argwhere(visitor.sheet().mean(-1) < 128) / 512
    assert (marks.max(0) - marks.min(0)).max() == pytest.approx(0.82, abs=0.04)
    assert (marks.max(0) + marks.min(0)) / 2 == pytest.approx((0.5, 0.5), abs=0.03)
    with visitor.new_picture():
        visitor.press("undo")
    assert np.argwhere(visitor.sheet().mean(-1) < 128).max() < 128, "and can be taken back"


def test_an_all_black_canvas_is_cleared_with_one_tap(desktop):
    desktop.page.keyboard.press("]")
    desktop.page.keyboard.press("]")
    with desktop.new_picture():
        zigzag = [(0.05 + 0.9 * (number % 2), 0.01 + 0.02 * number) for number in range(50)]
        desktop.drag(*zigzag, steps=3)
    button = desktop.page.locator(".hint").get_by_role("button", name="Clear")
    button.wait_for()
    with desktop.new_picture():
        button.click()
    assert (desktop.sheet() == 255).all()


def test_a_whole_cat_gets_an_example(desktop):
    with desktop.new_picture():
        desktop.press("clear")
    with desktop.new_picture():
        desktop.drag((0.05, 0.4), (0.95, 0.4), (0.95, 0.6), (0.05, 0.6), (0.05, 0.4))
    button = desktop.page.get_by_role("button", name="Show an example")
    button.wait_for()
    assert "heads" in desktop.page.locator(".hint").inner_text()
    before = desktop.sheet()
    with desktop.new_picture():
        button.click()
    assert not np.array_equal(desktop.sheet(), before)


# --- keys --------------------------------------------------------------------------------------------------


def test_a_question_mark_opens_the_list_of_keys(desktop):
    desktop.page.keyboard.press("?")
    dialog = desktop.page.get_by_role("dialog", name="Keyboard shortcuts")
    dialog.wait_for()
    words = dialog.inner_text()
    for text in ("Ctrl+Z", "Select", "Space", "Steady"):
        assert text in words
    desktop.page.keyboard.press("Escape")
    assert dialog.is_hidden()


def test_right_angles_drawn_by_keys_stay(desktop):
    with desktop.new_picture():
        desktop.press("clear")
    desktop.page.locator(".sheet").focus()
    with desktop.new_picture():
        for key in ("Space", *["Shift+ArrowRight"] * 4, *["Shift+ArrowDown"] * 4, "Space"):
            desktop.page.keyboard.press(key)
    dark = desktop.sheet().mean(-1) < 128
    rows, columns = np.nonzero(dark)
    assert dark[rows.min() + 1, columns.max() - 1], "the corner itself is drawn"
    assert dark[256, 260:380].all() and dark[260:380, 384].all()


# --- share -------------------------------------------------------------------------------------------------


def share(someone, entry: str) -> None:
    someone.press("share")
    someone.page.locator(f"[data-share={entry}]").click()


def test_the_menu_copies_a_link_and_the_picture(visit):
    someone = visit({**DESKTOP, "permissions": ["clipboard-read", "clipboard-write"]})
    with someone.new_picture():
        someone.press("clear")
    with someone.new_picture():
        someone.drag((0.2, 0.2), (0.8, 0.8))
    share(someone, "link")
    someone.page.wait_for_function("document.querySelector('.hint').innerText.includes('clipboard')")
    href = someone.page.evaluate("navigator.clipboard.readText()")
    assert "task=edges2cats" in href and "#d=" in href and "__theme" not in href
    share(someone, "copy")
    someone.page.wait_for_function("document.querySelector('.hint').innerText.includes('picture is on')")
    size = someone.page.evaluate(
        """async () => {
            const [item] = await navigator.clipboard.read();
            const image = await createImageBitmap(await item.getType("image/png"));
            return [image.width, image.height];
        }"""
    )
    assert size == [256, 256]


def test_the_systems_share_sheet_gets_a_file(visit):
    someone = visit(DESKTOP)
    someone.page.evaluate(
        """() => {
            navigator.canShare = () => true;
            navigator.share = async (what) => { window.shared = what; };
        }"""
    )
    share(someone, "send")
    someone.page.wait_for_function("window.shared")
    name, kind, text = someone.page.evaluate("[shared.files[0].name, shared.files[0].type, shared.text]")
    assert name.endswith("-card.png") and kind == "image/png" and "task=edges2cats" in text


@pytest.mark.parametrize(
    ("task", "source", "strokes", "words"),
    [
        ("lines", "", 3, "drawn by hand"),
        ("lines", "example:a.png", 0, "example"),
        ("photo", "image", 0, "photo"),
        ("mask", "image", 4, "photo"),
    ],
)
def test_a_card_says_whose_work_it_is(desktop, task, source, strokes, words):
    current = {"task": {"canvas": task}, "source": source, "strokes": [0] * strokes}
    said = desktop.page.evaluate(
        """async (current) => {
            const script = [...document.querySelectorAll("link[rel=modulepreload]")].map((one) => one.href)
                .find((href) => href.endsWith("canvas/tools.js")).replace("tools.js", "on_demand/share.js");
            return (await import(script)).madeFrom({ current });
        }""",
        json.loads(json.dumps(current)),
    )
    assert words in said
    assert ("hand" in said) == (words == "drawn by hand")


def test_a_film_follows_the_strokes(desktop, tmp_path):
    with desktop.new_picture():
        desktop.press("clear")
    for row in (0.3, 0.6):
        with desktop.new_picture():
            desktop.drag((0.2, row), (0.8, row))
    with desktop.page.expect_download(timeout=60_000) as download:
        share(desktop, "film")
    assert download.value.suggested_filename == "pix2pix-edges2cats-0-film.webm"
    download.value.save_as(tmp_path / "film.webm")
    content = (tmp_path / "film.webm").read_bytes()
    assert content[:4] == b"\x1a\x45\xdf\xa3", "Matroska"
    assert len(content) > 5000
