"""Where things are on the screen: phones, zoom, photos of any shape, and the canvas's rim."""

import io

import numpy as np
import pytest
from browser import DESKTOP, PHONE, running_studio, save_tiny_checkpoint
from PIL import Image, ImageDraw

from pix2pix.tasks import FACADE_PALETTE, TASKS

pytest_plugins = ["browser"]
pytestmark = pytest.mark.browser
COLORS = dict(FACADE_PALETTE)
ALL_TASKS = tuple(TASKS)
WISHES = ("edges2cats", "facades")
# The layout follows from the kind of canvas, the palette and the row of wishes: these have all there are.
LAYOUTS = (*WISHES, "edges2shoes", "labels2street", "inpaint", "gray2color")
SOME_COLORS = ((40, 30, 30), (90, 80, 70), (150, 120, 90), (190, 170, 100), (160, 160, 160), (200, 200, 210))


def screen(width: int, height: int) -> dict:
    touch = {"has_touch": True, "is_mobile": True} if min(width, height) < 600 else {}
    return {"viewport": {"width": width, "height": height}, **touch}


def box(someone, selector: str) -> dict:
    return someone.page.locator(selector).bounding_box()


# --- screens -----------------------------------------------------------------------------------------------

SCREENS = {
    "phone": screen(390, 844),
    "phone on its side": screen(844, 390),
    "small phone": screen(320, 640),
    "200 % zoom": screen(640, 400),
    "laptop": screen(1280, 800),
    "projector": screen(1920, 1080),
}


# Fonts differ between machines: the same must hold in a wider and taller one.
LARGE_FONT = (
    "body.large-font * { font-family: 'DejaVu Serif', serif !important; line-height: 1.5 !important; }"
)


@pytest.fixture(scope="module")
def every_task(tmp_path_factory):
    """A studio in which every shipped task is a tile, two of them with a row of color wishes."""
    folder = tmp_path_factory.mktemp("every-task")
    for task in ALL_TASKS:
        save_tiny_checkpoint(folder / "checkpoints", task, colors=SOME_COLORS if task in WISHES else ())
    with running_studio(folder, folder / "checkpoints") as url:
        yield url


@pytest.mark.parametrize("name", SCREENS)
def test_canvas_and_picture_are_whole_above_the_tools(visit, every_task, name):
    someone = visit(SCREENS[name], every_task)
    someone.page.add_style_tag(content=LARGE_FONT)
    for task in LAYOUTS:
        someone.choose(task)
        assert someone.page.locator(".wishes").is_visible() == (task in WISHES)
        for font in ("own font", "large font"):
            someone.page.evaluate(
                "large => document.body.classList.toggle('large-font', large)", font[0] == "l"
            )
            assert_whole(someone, (name, task, font))


def assert_whole(someone, where: tuple[str, ...]) -> None:
    width, height = someone.page.viewport_size.values()
    dock = box(someone, ".dock")
    bottom = dock["y"] if dock["width"] > 0.9 * width else height
    assert dock["y"] + dock["height"] <= height + 1, (where, "the tools are on the screen")
    sides = []
    for selector in (".picture", ".sheet"):
        one = box(someone, selector)
        sides.append(one["width"])
        assert one["x"] >= 0 and one["x"] + one["width"] <= width, (where, selector)
        assert one["y"] >= 0 and one["y"] + one["height"] <= bottom + 2, (where, selector)
    assert sides[0] >= sides[1] - 1, (where, "the picture is not smaller than the drawing")
    assert someone.page.evaluate("document.documentElement.scrollWidth") <= width, where


def test_the_phones_picture_is_large_and_a_projector_is_used(visit):
    assert box(visit(SCREENS["phone"]), ".picture")["width"] >= 240
    assert box(visit(SCREENS["phone on its side"]), ".picture")["width"] >= 240
    assert box(visit(SCREENS["laptop"]), ".sheet")["width"] >= 440
    assert box(visit(SCREENS["projector"]), ".sheet")["width"] >= 720


@pytest.mark.parametrize("settings", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_nothing_jumps_while_drawing(visit, settings):
    """Hints come and go without moving the canvas under the pen."""
    someone = visit(settings)
    places = [box(someone, ".sheet")]
    with someone.new_picture():
        someone.press("clear")
    someone.page.wait_for_function("document.querySelector('.hint').innerText !== ''")
    places.append(box(someone, ".sheet"))
    with someone.new_picture():
        someone.drag((0.3, 0.3), (0.7, 0.7))
    places.append(box(someone, ".sheet"))
    assert places[0] == places[1] == places[2]


def test_every_panel_is_in_the_list_on_a_phone(visit):
    someone = visit(SCREENS["small phone"])
    for name in ("Samples", "Patch sizes", "Losses and skips", "About", "Draw"):
        tab = someone.page.get_by_role("tab", name=name)
        tab.click()
        someone.page.wait_for_timeout(100)
        there, width = tab.bounding_box(), 320
        assert there["x"] >= 0 and there["x"] + there["width"] <= width, f"{name} has scrolled into view"
    assert someone.page.get_by_label("More tabs").is_hidden()


# --- photos of any shape -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(200, 600), (300, 400), (400, 300), (600, 200)])
@pytest.mark.parametrize("settings", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_photo_and_its_picture_have_the_same_frame(visit, tmp_path, settings, size):
    someone = visit(settings)
    Image.new("RGB", size, (90, 120, 60)).save(tmp_path / "photo.png")
    someone.choose("inpaint")
    with someone.new_picture():
        someone.give_file("upload", tmp_path / "photo.png")
    sheet, picture = box(someone, ".sheet"), box(someone, ".picture")
    stage, frame = box(someone, ".stage"), box(someone, ".frame")
    ratio = size[0] / size[1]
    for one in (sheet, picture, stage, frame):
        assert one["width"] / one["height"] == pytest.approx(ratio, rel=0.03), (
            "neither cropped nor letterboxed"
        )
    assert sheet["width"] == pytest.approx(picture["width"], rel=0.02), "the slider's halves fit"
    pixels = someone.picture()
    assert pixels.shape[1] / pixels.shape[0] == pytest.approx(ratio, rel=0.02)


def test_what_is_masked_lies_at_the_same_place_in_the_picture(visit, tmp_path):
    """The mask's box on the photo and the changed box of the picture, as shares of their frames on screen."""
    someone = visit(PHONE)
    Image.new("RGB", (300, 600), (200, 200, 200)).save(tmp_path / "photo.png")
    someone.choose("inpaint")
    with someone.new_picture():
        someone.give_file("upload", tmp_path / "photo.png")
    someone.press("rectangle")
    before = someone.sheet()
    with someone.new_picture():
        someone.drag((0.2, 0.6), (0.6, 0.8))
    rows, columns = np.nonzero((someone.sheet() != before).any(-1))
    height, width = before.shape[:2]
    share = (columns.min() / width, rows.min() / height, columns.max() / width, rows.max() / height)
    assert share == pytest.approx((0.2, 0.6, 0.6, 0.8), abs=0.02)


def test_color_shows_what_the_model_sees(visit, tmp_path):
    someone = visit(DESKTOP)
    photo = Image.new("RGB", (300, 300), (200, 40, 40))
    ImageDraw.Draw(photo).rectangle((0, 0, 150, 300), fill=(40, 160, 60))
    photo.save(tmp_path / "photo.png")
    someone.choose("gray2color")
    with someone.new_picture():
        someone.give_file("upload", tmp_path / "photo.png")
    sheet = someone.sheet().astype(int)
    assert np.ptp(sheet, axis=-1).max() == 0, "gray"
    # L* of Lab by the definition (CIE 1976), against that of the color itself.
    linear = np.where(
        (rgb := np.array((200, 40, 40)) / 255) <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4
    )
    gray = sheet[150, 250, 0] / 255
    assert ((gray + 0.055) / 1.055) ** 2.4 == pytest.approx(linear @ (0.2126, 0.7152, 0.0722), abs=0.004)


# --- the rim -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("corner", [(0.005, 0.005), (0.995, 0.005), (0.005, 0.995), (0.995, 0.995)])
def test_strokes_may_begin_in_a_corner(visitor, corner):
    with visitor.new_picture():
        visitor.press("clear")
    with visitor.new_picture():
        visitor.drag(corner, (0.5, 0.5))
    assert (visitor.sheet().mean(-1) < 128).any()


def test_strokes_may_begin_beside_the_canvas(visitor):
    with visitor.new_picture():
        visitor.press("clear")
    with visitor.new_picture():
        visitor.drag((-0.015, 0.4), (0.5, 0.4))
    row = visitor.sheet().mean(-1)
    assert (row[:, :4] < 128).any(), "painted from the very rim"


def test_a_swipe_from_the_edge_leaves_nothing(phone):
    assert phone.page.evaluate("getComputedStyle(document.body).overscrollBehaviorX") == "none"
    assert phone.page.evaluate("getComputedStyle(document.documentElement).overscrollBehaviorX") == "none"


def test_neighboring_areas_are_told_apart_on_the_screen_only(desktop):
    desktop.choose("facades")
    with desktop.new_picture():
        desktop.press("clear")
    desktop.paint_with("cornice")
    with desktop.new_picture():
        desktop.drag((0.25, 0.25), (0.5, 0.5))
    desktop.paint_with("sill")
    with desktop.new_picture():
        desktop.drag((0.5, 0.25), (0.75, 0.5))
    sheet = desktop.sheet()
    colors = {tuple(color) for color in sheet.reshape(-1, 3).tolist()}
    assert colors == {COLORS["wall"], COLORS["cornice"], COLORS["sill"]}, "the model sees pure classes"
    place = box(desktop, ".stage")
    clip = {"x": place["x"], "y": place["y"], "width": place["width"], "height": place["height"]}
    shot = np.asarray(Image.open(io.BytesIO(desktop.page.screenshot(clip=clip))).convert("L"), float)
    row = shot[int(0.4 * len(shot))]
    middle = row[int(0.48 * len(row)) : int(0.52 * len(row))]
    flat = sorted((np.median(middle[:4]), np.median(middle[-4:])))
    contrast = (flat[1] + 12.75) / (middle.min() + 12.75)
    assert contrast > 1.8, "a dark line between two light colors"
