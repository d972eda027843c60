"""The picture next to the drawing, programs that ask for one, and a studio without weights."""

import http.client
import json
import re
import time
from urllib.parse import urlparse

import numpy as np
import pytest
from browser import DESKTOP, alike, dark
from gradio_client import Client, handle_file
from PIL import Image

from pix2pix.checkpoints import SHIPPED
from pix2pix.ui.tiles import examples_of

pytest_plugins = ["browser"]  # the fixtures: studio_url, chromium, desktop, phone, visitor
pytestmark = pytest.mark.browser


# --- the picture -------------------------------------------------------------------------------------------


def test_the_seed_is_steady_until_the_dice_are_rolled(visitor):
    pictures = []
    for _ in range(2):
        with visitor.new_picture():
            visitor.drag((0.1, 0.1), (0.9, 0.8))
        with visitor.new_picture():
            visitor.press("undo")
        pictures.append(visitor.picture())
    assert alike(*pictures)
    with visitor.new_picture():
        visitor.press("dice")
    assert not alike(visitor.picture(), pictures[0])
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
        visitor.page.locator("[data-save='256']").click()
    assert download.value.suggested_filename == "pix2pix-edges2cats-0.png"
    download.value.save_as(tmp_path / "picture.png")
    saved = np.asarray(Image.open(tmp_path / "picture.png"))[..., :3]
    assert saved.shape == (256, 256, 3)
    assert np.abs(saved.astype(int) - visitor.picture()).mean() < 6, "the same picture, without JPEG's loss"
    with visitor.page.expect_download(timeout=120_000) as download:
        visitor.press("download")
        visitor.page.locator("[data-save='1024']").click()
    assert download.value.suggested_filename == "pix2pix-edges2cats-0-1024x1024.png"
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
    someone = visit(DESKTOP, start_studio(tmp_path / "none"))
    assert someone.page.locator(".empty").is_visible()
    before = someone.sheet()
    someone.drag((0.1, 0.1), (0.9, 0.1))
    assert dark(someone.sheet()) > dark(before)


@pytest.mark.skipif(
    not (SHIPPED / "facades" / "generator.safetensors").is_file(),
    reason="the façade weights are not here yet",
)
def test_a_label_map_becomes_a_house(visit, start_studio):
    someone = visit(DESKTOP, start_studio(None))
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
