"""The studio as visitors use it, in a real Chromium: with a mouse, and with a finger on a phone."""

import base64
import http.client
import json
import re
import time
from urllib.parse import urlparse

import numpy as np
import pytest
from gradio_client import Client, handle_file
from PIL import Image, ImageDraw

from pix2pix.checkpoints import SHIPPED
from pix2pix.examples import example_paths
from pix2pix.images import snap_to_palette
from pix2pix.tasks import FACADE_PALETTE
from pix2pix.ui.tiles import examples_of

pytest_plugins = ["browser"]  # the fixtures: studio_url, chromium, desktop, phone, visitor
pytestmark = pytest.mark.browser
COLOURS = dict(FACADE_PALETTE)
VIEWPORT = {"viewport": {"width": 1280, "height": 800}}


def share_of(pixels: np.ndarray, colour: tuple[int, int, int]) -> float:
    return float((pixels == np.array(colour)).all(-1).mean())


def dark(pixels: np.ndarray) -> float:
    return float((pixels.mean(-1) < 128).mean())


@pytest.fixture
def photo_file(tmp_path):
    """A bright disc and a box on a dark ground, soft like a photo, not square."""
    image = Image.new("RGB", (500, 400), (70, 90, 60))
    pen = ImageDraw.Draw(image)
    pen.ellipse((150, 80, 360, 290), fill=(230, 200, 150))
    pen.rectangle((200, 300, 320, 380), fill=(120, 40, 40))
    image.save(tmp_path / "photo.jpg", quality=92)
    return tmp_path / "photo.jpg"


# --- first sight -----------------------------------------------------------------------------------------


def test_the_page_opens_with_a_finished_example(visitor):
    assert visitor.pictures() == 0, "the first picture must not wait for a model"
    assert dark(visitor.sheet()) > 0.005
    assert visitor.picture().std() > 1
    assert visitor.page.locator(".card[role=radio]").count() == 4
    assert "8 more to come" in visitor.page.locator(".later summary").inner_text()


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
    assert (inside == COLOURS["door"]).all(), "the rectangle is filled with the class in hand"
    assert share_of(sheet, COLOURS["door"]) + share_of(sheet, COLOURS["wall"]) == 1.0, "no colours between"
    assert share_of(sheet, COLOURS["door"]) == pytest.approx(0.125, abs=0.01)
    assert np.abs(visitor.picture().astype(int) - picture).mean() > 0.05


def test_every_label_tool_leaves_palette_colours_only(desktop):
    desktop.choose("facades")
    with desktop.new_picture():
        desktop.press("clear")
    for number, tool in enumerate(("rectangle", "brush", "line", "ellipse")):
        desktop.press(tool)
        with desktop.new_picture():
            desktop.drag((0.1 + 0.2 * number, 0.13), (0.25 + 0.2 * number, 0.87))
    sheet = desktop.sheet()
    assert np.array_equal(np.asarray(snap_to_palette(Image.fromarray(sheet), FACADE_PALETTE)), sheet)
    assert 0.15 < share_of(sheet, COLOURS["window"]) < 0.4


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
    assert (sheet[70:186, 70:186] == COLOURS["balcony"]).all()
    assert share_of(sheet, COLOURS["window"]) == 0
    assert share_of(sheet, COLOURS["wall"]) == pytest.approx(0.75, abs=0.01)


def test_pick_takes_the_colour_under_the_pen(desktop):
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
    assert np.array_equal(visitor.picture(), picture), "same drawing, same seed, same picture"
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
    assert (desktop.sheet()[130:142, 130:158] == COLOURS["window"]).all()
    with desktop.new_picture():
        desktop.page.keyboard.press("Control+z")
    assert share_of(desktop.sheet(), COLOURS["wall"]) == 1.0


# --- pictures from elsewhere -------------------------------------------------------------------------------


def test_an_uploaded_label_map_becomes_a_picture(visitor, tmp_path):
    visitor.choose("facades")
    picture = visitor.picture()
    labels = Image.new("RGB", (256, 256), COLOURS["wall"])
    ImageDraw.Draw(labels).rectangle((40, 60, 99, 159), fill=COLOURS["window"])
    labels.save(tmp_path / "labels.jpg", quality=60)  # smeared colours, to be snapped back
    with visitor.new_picture():
        visitor.give_file("upload", tmp_path / "labels.jpg")
    sheet = visitor.sheet()
    assert np.array_equal(np.asarray(snap_to_palette(Image.fromarray(sheet), FACADE_PALETTE)), sheet)
    assert (sheet[66:154, 46:94] == COLOURS["window"]).all()
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
        "address => document.querySelector('.reading').innerText.includes(`Client(\"${address}\")`)",
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


# --- the picture -------------------------------------------------------------------------------------------


def test_the_seed_is_steady_until_the_dice_are_rolled(visitor):
    pictures = []
    for _ in range(2):
        with visitor.new_picture():
            visitor.drag((0.1, 0.1), (0.9, 0.8))
        with visitor.new_picture():
            visitor.press("undo")
        pictures.append(visitor.picture())
    assert np.array_equal(*pictures)
    with visitor.new_picture():
        visitor.press("dice")
    assert not np.array_equal(visitor.picture(), pictures[0])
    assert visitor.page.locator(".seed input").input_value() != "0"


def test_before_and_after_slider(desktop):
    desktop.press("slider")
    split = desktop.page.locator(".split")
    split.focus()
    split.press("End")
    assert desktop.page.locator(".frame").evaluate("one => one.style.getPropertyValue('--split')") == "100%"
    assert np.array_equal(desktop.pixels(".before"), desktop.sheet())


def test_live_can_be_switched_off(desktop):
    desktop.page.locator(".live input").click()
    before = desktop.pictures()
    desktop.drag((0.1, 0.1), (0.9, 0.9))
    desktop.page.wait_for_timeout(500)
    assert desktop.pictures() == before
    with desktop.new_picture():
        desktop.page.locator(".make").click()


def test_one_request_at_a_time_on_a_slow_connection(desktop):
    inside, most, numbers = 0, 0, []

    def slow(route):
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        numbers.append(json.loads(route.request.post_data)["data"]["number"])
        desktop.page.wait_for_timeout(300)
        inside -= 1
        route.continue_()

    desktop.page.route(re.compile("component_server"), slow)
    started = time.monotonic()
    with desktop.new_picture():
        desktop.drag((0.1, 0.1), (0.9, 0.9), (0.1, 0.9), steps=20)
    elapsed = time.monotonic() - started
    assert most == 1
    assert len(numbers) <= 2 + elapsed / 0.3, "forty moves, but only as many requests as the line can take"
    desktop.page.unroute_all(behavior="wait")


def test_download_and_share_card(visitor, studio_url, tmp_path):
    with visitor.new_picture():
        visitor.drag((0.2, 0.1), (0.8, 0.1))
    with visitor.page.expect_download() as download:
        visitor.press("download")
    assert download.value.suggested_filename == "pix2pix-edges2cats-0.png"
    download.value.save_as(tmp_path / "picture.png")
    saved = np.asarray(Image.open(tmp_path / "picture.png"))[..., :3]
    assert saved.shape == (256, 256, 3)
    assert np.abs(saved.astype(int) - visitor.picture()).mean() < 6, "the same picture, without JPEG's loss"
    visitor.press("share")
    with visitor.page.expect_download() as download:
        visitor.page.locator("[data-share=large]").click()
    assert download.value.suggested_filename == "pix2pix-edges2cats-0-1024.png"
    download.value.save_as(tmp_path / "large.png")
    large = Image.open(tmp_path / "large.png").convert("RGB")
    assert large.size == (1024, 1024)
    again = np.asarray(large.resize((256, 256), Image.Resampling.BOX), int)
    assert np.abs(again - saved).mean() < 4, "the same picture, enlarged"
    visitor.press("share")
    with visitor.page.expect_download() as download:
        visitor.page.locator("[data-share=card]").click()
    download.value.save_as(tmp_path / "card.png")
    card = np.asarray(Image.open(tmp_path / "card.png"))[..., :3]
    assert card.shape == (720, 1200, 3)
    assert dark(card[48:584, 48:584]) > 0.005, "the drawing is on it"
    picture = np.asarray(Image.fromarray(card[48:584, 616:1152]).resize((256, 256), Image.Resampling.BOX))
    assert np.abs(picture.astype(int) - saved).mean() < 12, "and so is the picture"
    assert dark(card[620:670, 40:500]) > 0.005, "and the task's name"


def test_the_model_card_follows_the_task(desktop):
    assert "made up for this test" in desktop.page.locator(".license").inner_text()
    desktop.page.get_by_role("button", name="About this model").click()
    card = desktop.page.locator("#model-card")
    card.get_by_text("edges2cats").first.wait_for()
    desktop.choose("facades")
    card.get_by_role("heading", name="facades").wait_for()


# --- programs ----------------------------------------------------------------------------------------------


def test_translate_from_gradio_client(studio_url, tmp_path):
    client = Client(studio_url, verbose=False, download_files=str(tmp_path))
    example = examples_of("facades")[0]
    pictures = [
        Image.open(client.predict(handle_file(str(example)), "facades", seed, api_name="/translate")).convert(
            "RGB"
        )
        for seed in (0, 0, 1)
    ]
    assert pictures[0].size == (256, 256)
    assert pictures[0].tobytes() == pictures[1].tobytes() != pictures[2].tobytes()
    public = set(client.view_api(return_format="dict")["named_endpoints"])
    assert "/translate" in public and public <= {"/translate", "/sample", "/compare"}, public


def test_translate_says_in_one_line_what_is_wrong(studio_url, tmp_path):
    client = Client(studio_url, verbose=False)
    (tmp_path / "notes.png").write_text("not a picture")
    example = handle_file(str(examples_of("facades")[0]))
    for image, task, seed, reason in (
        (example, "unicorns", 0, "no task is called 'unicorns'"),
        (example, "edges2shoes", 0, "no weights for 'edges2shoes' are here; there are: edges2cats, facades"),
        (example, "facades", -1, "between 0 and 999999"),
        (handle_file(str(tmp_path / "notes.png")), "facades", 0, "not a picture that can be read"),
    ):
        with pytest.raises(Exception, match=reason) as error:
            client.predict(image, task, seed, api_name="/translate")
        assert "\n" not in str(error.value).strip() and "/tmp" not in str(error.value)


def test_oversized_canvas_requests_are_refused_unread(studio_url):
    connection = http.client.HTTPConnection(urlparse(studio_url).netloc, timeout=20)
    connection.putrequest("POST", "/gradio_api/component_server")
    connection.putheader("content-length", "4000000")
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


# --- without weights, and with the shipped ones ------------------------------------------------------------


def test_the_page_works_without_any_weights(visit, start_studio, tmp_path):
    (tmp_path / "none").mkdir()
    someone = visit(VIEWPORT, start_studio(tmp_path / "none"))
    assert someone.page.locator(".empty").is_visible()
    before = someone.sheet()
    someone.drag((0.1, 0.1), (0.9, 0.1))
    assert dark(someone.sheet()) > dark(before)


@pytest.mark.skipif(
    not (SHIPPED / "facades" / "generator.safetensors").is_file(),
    reason="the façade weights are not here yet",
)
def test_a_label_map_becomes_a_house(visit, start_studio):
    someone = visit(VIEWPORT, start_studio(None))
    someone.choose("facades")
    someone.page.wait_for_selector(".studio:not(.no-picture)")
    with someone.new_picture():
        someone.press("clear")
    with someone.new_picture():
        someone.drag((0.3, 0.3), (0.6, 0.6))
    window = someone.picture()[85:145, 85:145]
    with someone.new_picture():
        someone.press("undo")
    wall = someone.picture()[85:145, 85:145]
    assert np.abs(window.astype(int) - wall).mean() > 8, "a window looks unlike a wall"
