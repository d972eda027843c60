"""The studio as visitors use it, in a real Chromium: with a mouse, and with a finger on a phone."""

import numpy as np
import pytest
from browser import alike, dark, share_of
from PIL import Image

from pix2pix.images import snap_to_palette
from pix2pix.tasks import FACADE_PALETTE, TASKS

pytest_plugins = ["browser"]  # the fixtures: studio_url, chromium, desktop, phone, visitor
pytestmark = pytest.mark.browser
COLORS = dict(FACADE_PALETTE)


# --- first sight -----------------------------------------------------------------------------------------


def test_the_page_opens_with_a_finished_example(visitor):
    assert visitor.pictures() == 0, "the first picture must not wait for a model"
    assert dark(visitor.sheet()) > 0.005
    assert visitor.picture().std() > 1
    assert visitor.page.locator(".card[role=radio]").count() == 4
    assert f"{len(TASKS) - 4} more to come" in visitor.page.locator(".later summary").inner_text()


@pytest.mark.parametrize("width", [360, 768, 1000, 1600])
def test_nothing_needs_sideways_scrolling(visit, width):
    someone = visit({"viewport": {"width": width, "height": 800}})
    for task in ("edges2cats", "facades"):
        someone.choose(task)
        assert someone.page.evaluate("document.documentElement.scrollWidth") <= width
        for selector in (".sheet", ".picture"):
            box = someone.page.locator(selector).bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width


@pytest.mark.parametrize("task", ["edges2cats", "facades"])
def test_sheet_and_picture_share_the_phone_screen(phone, task):
    phone.choose(task)
    dock = phone.page.locator(".dock").bounding_box()
    assert dock["y"] + dock["height"] <= 844 + 1
    for selector in (".picture", ".sheet"):
        box = phone.page.locator(selector).bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= dock["y"] + 2, selector


def test_everything_has_a_name_that_a_screen_reader_says(visitor):
    for task in ("edges2cats", "facades", "inpaint"):
        visitor.choose(task)
        nameless = visitor.page.evaluate(
            """() => [...document.querySelectorAll('.studio :is(button, input, canvas[role])')]
                .filter((one) => one.checkVisibility())
                .filter((one) => !(one.getAttribute('aria-label') || one.innerText.trim()
                    || one.labels?.[0]?.innerText.trim()))
                .map((one) => one.outerHTML.slice(0, 120))"""
        )
        assert nameless == []


# --- drawing ---------------------------------------------------------------------------------------------


def test_a_stroke_changes_the_picture(visitor):
    sheet, picture = visitor.sheet(), visitor.picture()
    with visitor.new_picture():
        visitor.drag((0.1, 0.1), (0.5, 0.3), (0.9, 0.1))
    assert dark(visitor.sheet()) > dark(sheet)
    assert np.abs(visitor.picture().astype(int) - picture).mean() > 0.2


def test_the_picture_follows_while_the_pen_is_down(visitor):
    before = visitor.pictures()
    picture = visitor.picture()
    visitor.down(0.1, 0.5)
    for step in range(20):
        visitor.move(0.1 + 0.04 * step, 0.5)
        visitor.page.wait_for_timeout(30)
    visitor.page.wait_for_function(f"document.querySelector('.studio').dataset.pictures >= {before + 3}")
    assert not np.array_equal(visitor.picture(), picture), "the pen is still down"
    with visitor.new_picture():
        visitor.up()


def test_a_rectangle_is_crisp_and_changes_the_picture(visitor):
    visitor.choose("facades")
    with visitor.new_picture():
        visitor.press("clear")
    picture = visitor.picture()
    visitor.paint_with("door")
    with visitor.new_picture():
        visitor.drag((0.25, 0.25), (0.5, 0.75))
    sheet = visitor.sheet()
    assert sheet.shape == (256, 256, 3)
    inside = sheet[66:190, 66:126]
    assert (inside == COLORS["door"]).all(), "the rectangle is filled with the class in hand"
    assert share_of(sheet, COLORS["door"]) + share_of(sheet, COLORS["wall"]) == 1.0, "no colors between"
    assert share_of(sheet, COLORS["door"]) == pytest.approx(0.125, abs=0.01)
    assert np.abs(visitor.picture().astype(int) - picture).mean() > 0.05


def test_every_label_tool_leaves_palette_colors_only(desktop):
    desktop.choose("facades")
    with desktop.new_picture():
        desktop.press("clear")
    for number, tool in enumerate(("rectangle", "brush", "line", "ellipse")):
        desktop.press(tool)
        with desktop.new_picture():
            desktop.drag((0.1 + 0.2 * number, 0.13), (0.25 + 0.2 * number, 0.87))
    sheet = desktop.sheet()
    assert np.array_equal(np.asarray(snap_to_palette(Image.fromarray(sheet), FACADE_PALETTE)), sheet)
    assert 0.15 < share_of(sheet, COLORS["window"]) < 0.4


def test_fill_stops_at_the_border(visitor):
    visitor.choose("facades")
    with visitor.new_picture():
        visitor.press("clear")
    with visitor.new_picture():
        visitor.drag((0.25, 0.25), (0.75, 0.75))
    visitor.paint_with("balcony")
    visitor.press("fill")
    with visitor.new_picture():
        visitor.drag((0.5, 0.5), (0.5, 0.5), steps=1)
    sheet = visitor.sheet()
    assert (sheet[70:186, 70:186] == COLORS["balcony"]).all()
    assert share_of(sheet, COLORS["window"]) == 0
    assert share_of(sheet, COLORS["wall"]) == pytest.approx(0.75, abs=0.01)


def test_pick_takes_the_color_under_the_pen(desktop):
    desktop.choose("facades")
    with desktop.new_picture():
        desktop.press("clear")
    desktop.press("pick")
    desktop.drag((0.5, 0.5), (0.5, 0.5), steps=1)
    assert desktop.page.locator(".swatches [aria-checked=true]").inner_text() == "wall"


@pytest.mark.parametrize("task", ["edges2cats", "facades"])
def test_mirror_draws_both_halves(visitor, task):
    visitor.choose(task)
    visitor.press("clear")
    visitor.press("mirror")
    with visitor.new_picture():
        visitor.drag((0.1, 0.2), (0.3, 0.7))
    sheet = visitor.sheet()
    assert sheet[:, : sheet.shape[1] // 2].std() > 0 and sheet[:, sheet.shape[1] // 2 :].std() > 0
    unlike = (sheet.astype(int) != sheet[:, ::-1]).any(-1).mean()
    assert unlike < 0.01, "anti-aliased rims may differ by a level, areas may not"


def test_undo_three_times_redo_and_clear(visitor):
    sheets = [visitor.sheet()]
    for row in (0.1, 0.5, 0.9):
        with visitor.new_picture():
            visitor.drag((0.05, row), (0.95, row))
        sheets.append(visitor.sheet())
    picture = visitor.picture()
    for wanted in (2, 1, 0):
        with visitor.new_picture():
            visitor.press("undo")
        assert np.array_equal(visitor.sheet(), sheets[wanted])
    assert visitor.page.locator("[data-do=undo]").is_disabled()
    for _ in range(3):
        with visitor.new_picture():
            visitor.press("redo")
    assert np.array_equal(visitor.sheet(), sheets[3])
    assert alike(visitor.picture(), picture), "same drawing, same seed, same picture"
    with visitor.new_picture():
        visitor.press("clear")
    assert (visitor.sheet() == 255).all()
    with visitor.new_picture():
        visitor.press("undo")
    assert np.array_equal(visitor.sheet(), sheets[3]), "clearing can be taken back too"


def test_fifty_steps_can_be_undone(desktop):
    desktop.page.evaluate("document.querySelector('.live input').click()")  # only the drawing matters here
    before = desktop.sheet()
    for step in range(50):
        desktop.drag((0.02 * step, 0.1), (0.02 * step, 0.2), steps=1)
    assert not np.array_equal(desktop.sheet(), before)
    for _ in range(50):
        desktop.page.keyboard.press("Control+z")
    assert np.array_equal(desktop.sheet(), before)


def test_two_fingers_do_not_draw(phone):
    before = phone.sheet()
    one, two = phone.at(0.3, 0.3), phone.at(0.6, 0.3)
    phone.finger("touchStart", one)
    phone.finger("touchStart", one, two)
    for step in range(1, 6):
        phone.finger("touchMove", (one[0], one[1] + 8 * step), (two[0], two[1] + 8 * step))
    phone.finger("touchEnd")
    assert np.array_equal(phone.sheet(), before)


def test_keys_choose_tools_and_draw(desktop):
    desktop.choose("facades")
    for key, tool in (("b", "brush"), ("f", "fill"), ("l", "line"), ("r", "rectangle")):
        desktop.page.keyboard.press(key)
        assert desktop.page.locator(".tools [aria-checked=true]").get_attribute("data-do") == tool
        assert f"({key.upper()})" in desktop.page.locator(f"[data-do={tool}]").get_attribute("title")
    with desktop.new_picture():
        desktop.page.keyboard.press("Delete")
    desktop.page.locator(".sheet").focus()
    with desktop.new_picture():
        desktop.page.keyboard.press("Space")
        for key in ("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown"):
            desktop.page.keyboard.press(key)
        desktop.page.keyboard.press("Space")
    assert (desktop.sheet()[130:142, 130:158] == COLORS["window"]).all()
    with desktop.new_picture():
        desktop.page.keyboard.press("Control+z")
    assert share_of(desktop.sheet(), COLORS["wall"]) == 1.0
