"""Pictures that come from elsewhere, and what the page keeps, in a real Chromium."""

import base64

import numpy as np
import pytest
from browser import dark
from PIL import Image, ImageDraw

from pix2pix.examples import example_paths
from pix2pix.images import snap_to_palette
from pix2pix.tasks import FACADE_PALETTE

pytest_plugins = ["browser"]  # the fixtures: studio_url, chromium, desktop, phone, visitor
pytestmark = pytest.mark.browser
COLORS = dict(FACADE_PALETTE)


# --- pictures from elsewhere -------------------------------------------------------------------------------


def test_an_uploaded_label_map_becomes_a_picture(visitor, tmp_path):
    visitor.choose("facades")
    picture = visitor.picture()
    labels = Image.new("RGB", (256, 256), COLORS["wall"])
    ImageDraw.Draw(labels).rectangle((40, 60, 99, 159), fill=COLORS["window"])
    labels.save(tmp_path / "labels.jpg", quality=60)  # smeared colors, to be snapped back
    with visitor.new_picture():
        visitor.give_file("upload", tmp_path / "labels.jpg")
    sheet = visitor.sheet()
    assert np.array_equal(np.asarray(snap_to_palette(Image.fromarray(sheet), FACADE_PALETTE)), sheet)
    assert (sheet[66:154, 46:94] == COLORS["window"]).all()
    assert not np.array_equal(visitor.picture(), picture)


@pytest.mark.parametrize("way", ["paste", "drop"])
def test_a_picture_can_be_pasted_or_dropped(desktop, tmp_path, way):
    drawing = Image.new("RGB", (256, 256), "white")
    ImageDraw.Draw(drawing).rectangle((64, 64, 191, 191), outline="black", width=6)
    drawing.save(tmp_path / "drawing.png")
    content = base64.b64encode((tmp_path / "drawing.png").read_bytes()).decode()
    with desktop.new_picture():
        desktop.page.evaluate(
            """async ([content, way]) => {
                const blob = await (await fetch("data:image/png;base64," + content)).blob();
                const data = new DataTransfer();
                data.items.add(new File([blob], "drawing.png", { type: "image/png" }));
                const [target, event] = way === "paste"
                    ? [window, new ClipboardEvent("paste", { clipboardData: data, bubbles: true })]
                    : [document.querySelector(".stage"),
                       new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })];
                target.dispatchEvent(event);
            }""",
            [content, way],
        )
    sheet = desktop.sheet()
    assert (sheet[200:300, 130:138].mean(-1) < 60).all() and (sheet[240:270, 240:270] == 255).all()


def test_a_broken_file_gets_one_kind_line(desktop, tmp_path):
    (tmp_path / "notes.png").write_text("not a picture at all")
    before = desktop.sheet()
    desktop.give_file("upload", tmp_path / "notes.png")
    desktop.page.wait_for_function("document.querySelector('.hint').innerText.includes('could not be read')")
    assert np.array_equal(desktop.sheet(), before)


def test_a_photo_becomes_lines_to_draw_on(visitor, photo_file):
    with visitor.new_picture():
        visitor.press("clear")
    with visitor.new_picture():
        visitor.give_file("trace", photo_file)
    sheet = visitor.sheet()
    assert 0.005 < dark(sheet) < 0.2, "lines, not a photo"
    row = sheet[sheet.shape[0] // 2].mean(-1)
    assert (row < 128).any(), "the disc's outline crosses the middle"
    with visitor.new_picture():
        visitor.press("undo")
    assert (visitor.sheet() == 255).all()


def test_a_photo_on_a_line_task_is_offered_as_lines(desktop, photo_file):
    with desktop.new_picture():
        desktop.give_file("upload", photo_file)
    with desktop.new_picture():
        desktop.page.locator(".hint button").click()
    assert dark(desktop.sheet()) < 0.2


def test_random_examples_differ(desktop):
    seen = {desktop.sheet().tobytes()}
    for number in range(3):
        with desktop.new_picture():
            desktop.press("example")
        seen.add(desktop.sheet().tobytes())
        assert len(seen) == number + 2


def test_brushing_a_hole_into_a_photo(visitor, photo_file):
    visitor.choose("inpaint")
    with visitor.new_picture():
        if visitor.page.locator(".invite").is_visible():
            with visitor.page.expect_file_chooser() as chooser:
                visitor.page.locator(".invite").click()
            chooser.value.set_files(str(photo_file))
        else:
            visitor.give_file("upload", photo_file)
    sheet, picture = visitor.sheet(), visitor.picture()
    assert sheet.shape == (400, 500, 3), "a photo keeps its shape"
    with visitor.new_picture():
        visitor.drag((0.45, 0.45), (0.6, 0.6))
    changed = (visitor.sheet().astype(int) != sheet).any(-1)
    assert 0.01 < changed.mean() < 0.2
    assert not np.array_equal(visitor.picture(), picture)


def test_an_uploaded_photo_is_the_input_of_a_photo_task(desktop, photo_file):
    desktop.choose("gray2color")
    with desktop.new_picture():
        desktop.give_file("upload", photo_file)
    picture = desktop.picture()
    assert picture.shape[1] / picture.shape[0] == pytest.approx(500 / 400, abs=0.02)


# --- what is kept ------------------------------------------------------------------------------------------


def test_each_task_keeps_its_own_drawing(visitor):
    with visitor.new_picture():
        visitor.drag((0.1, 0.1), (0.9, 0.9))
    cat = visitor.sheet()
    with visitor.new_picture():
        visitor.choose("facades")
    with visitor.new_picture():
        visitor.drag((0.1, 0.1), (0.4, 0.4))
    house, house_picture = visitor.sheet(), visitor.picture()
    visitor.choose("edges2cats")
    assert np.array_equal(visitor.sheet(), cat)
    visitor.choose("facades")
    assert np.array_equal(visitor.sheet(), house)
    assert np.array_equal(visitor.picture(), house_picture)


def test_the_drawing_survives_tabs_theme_and_reload(desktop):
    with desktop.new_picture():
        desktop.drag((0.1, 0.1), (0.9, 0.9))
    sheet, picture = desktop.sheet(), desktop.picture()
    desktop.page.get_by_role("tab", name="About").click()
    desktop.page.get_by_text("What this is").wait_for()
    desktop.page.get_by_role("tab", name="Draw").click()
    desktop.page.locator(".lamp").click()
    assert "dark" in desktop.page.evaluate("document.body.className")
    assert np.array_equal(desktop.sheet(), sheet) and np.array_equal(desktop.picture(), picture)
    with desktop.new_picture():
        desktop.drag((0.1, 0.5), (0.9, 0.5))
    sheet = desktop.sheet()
    desktop.open("?__theme=dark")  # Gradio's own switch reloads the page
    desktop.page.wait_for_function("document.querySelector('.studio').dataset.settled === 'true'")
    assert np.array_equal(desktop.sheet(), sheet)


def test_the_program_names_this_address_and_answers(visitor):
    """What About shows, copied and run from the page's own address, brings a picture."""
    visitor.page.get_by_role("tab", name="About").click()
    code = visitor.page.locator("code", has_text="gradio_client")
    address = visitor.url.rstrip("/")
    visitor.page.wait_for_function(
        "address => document.querySelector('.reading')?.innerText.includes(`Client(\"${address}\")`)",
        arg=address,
    )
    program = code.inner_text().replace('"drawing.png"', repr(str(example_paths("facades")[0])))
    found: dict = {}
    exec(program, found)
    assert Image.open(found["picture"]).size == (256, 256)
    assert "·" not in visitor.page.locator("footer").inner_text()


def test_history_brings_drawing_and_picture_back(visitor):
    with visitor.new_picture():
        visitor.press("example")
    sheet, picture = visitor.sheet(), visitor.picture()
    with visitor.new_picture():
        visitor.press("clear")
    with visitor.new_picture():
        visitor.choose("facades")
    past = visitor.page.locator(".past")
    assert past.count() == 3, "the opening, the example, the façade; not the empty canvas"
    past.nth(1).click()
    visitor.page.wait_for_selector(".studio[data-task=edges2cats]")
    assert np.array_equal(visitor.sheet(), sheet)
    assert np.array_equal(visitor.picture(), picture)


def test_history_keeps_twelve(desktop):
    for _ in range(14):
        with desktop.new_picture():
            desktop.press("dice")
    assert desktop.page.locator(".past").count() == 12
