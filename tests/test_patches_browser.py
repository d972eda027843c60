"""Patch sizes and Losses and skips as visitors see them, and their endpoints."""

import io

import numpy as np
import pytest
from browser import DESKTOP, PHONE, running_studio
from comparison import facade
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from pix2pix.tasks import find_task
from pix2pix.ui.drawing import prepare
from pix2pix.ui.panels.patches import patch_spans
from pix2pix.ui.tiles import examples_of

pytest_plugins = ["browser", "studio"]


@pytest.fixture(scope="module")
def models_url(models_folder, tmp_path_factory):
    with running_studio(tmp_path_factory.mktemp("patches"), models_folder) as url:
        yield url


@pytest.mark.browser  # no browser, but a whole studio
def test_both_endpoints_from_gradio_client(models_url, tmp_path):
    client = Client(models_url, verbose=False, download_files=str(tmp_path))
    assert set(client.view_api(return_format="dict")["named_endpoints"]) == {
        "/translate", "/sample", "/compare",
    }  # fmt: skip
    example = handle_file(str(examples_of("facades")[0]))
    gallery, heat, mean_sigma = client.predict(example, "facades", 4, 0, 0.5, api_name="/sample")
    pictures = [np.asarray(Image.open(one["image"])) for one in gallery]
    assert len(pictures) == 4 and not np.array_equal(pictures[0], pictures[1])
    assert Image.open(heat).size == (256, 256) and mean_sigma > 0
    pictures, maps, missing = client.predict(example, "patch", api_name="/compare")
    assert [one["caption"] for one in pictures] == ["L1", "1×1", "16×16", "70×70"]
    assert len(maps) == 3 and "facades-patch286" in missing
    with pytest.raises(AppError, match="no row is called 'moon'"):
        client.predict(example, "moon", api_name="/compare")


def open_panel(page, title: str, name: str) -> None:
    """Click a tab and wait for its first answer."""
    page.get_by_role("tab", name=title).click()
    page.wait_for_selector(f"#{name} .panel[data-answers]", timeout=90_000)


def share(page, selector: str, frame: str) -> np.ndarray:
    """(left, top, right, bottom) of an element in pixels of the 256-pixel picture it lies on."""
    one, all_of_it = (page.locator(each).bounding_box() for each in (selector, frame))
    scale = 256 / all_of_it["width"]
    left, top = one["x"] - all_of_it["x"], one["y"] - all_of_it["y"]
    return np.array((left, top, left + one["width"], top + one["height"])) * scale


@pytest.mark.browser
@pytest.mark.parametrize("settings", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_visitor_compares_patch_sizes(visit, models_url, settings):
    someone = visit(settings, models_url)
    page = someone.page
    open_panel(page, "Patch sizes", "patches")
    assert "facades-patch286" in page.locator("#patches .missing").inner_text()
    assert page.locator("#patches .sights .sight").count() == 5, "drawing and four models"
    assert page.evaluate("document.documentElement.scrollWidth") <= settings["viewport"]["width"]

    chart = page.locator("#patches .map[data-checkpoint=facades-patch70]")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    across, down = 2, 20
    place = {"x": (across + 0.5) / 30 * box["width"], "y": (down + 0.5) / 30 * box["height"]}
    chart.click(position=place)
    spans = patch_spans(3)
    assert spans[across][0] == 0, "a cell whose box is clipped"
    wanted = np.array((spans[across][0], spans[down][0], spans[across][1] + 1, spans[down][1] + 1))
    for frame in ("#patches .seen figure:first-child", "#patches .sight[data-checkpoint=facades-patch70]"):
        inner = frame if "sight" in frame else f"{frame} .frame"
        assert np.abs(share(page, f"{frame} .box", inner) - wanted).max() < 1.5
    words = page.locator("#patches .field-words").inner_text()
    assert "70 × 70" in words and f"{spans[across][1] + 1} × 70 lie inside" in words
    assert page.locator("#patches .sum tbody tr").count() == 5
    assert "(34 − 1) · 2 + 4 = 70" in page.locator("#patches .sum tbody").inner_text()

    # Outside the box the drawing is dimmed, inside it is not.
    figure = page.locator("#patches .seen figure:first-child .frame")
    figure.scroll_into_view_if_needed()
    seen = np.asarray(Image.open(io.BytesIO(figure.screenshot())).convert("RGB").resize((256, 256)), float)
    drawing = np.asarray(prepare(find_task("facades"), facade()), float)
    left, top, right, bottom = (int(value) for value in wanted)
    inside = np.zeros((256, 256), bool)
    inside[top + 6 : bottom - 6, left + 6 : right - 6] = True
    outside = np.zeros((256, 256), bool)
    outside[10:-10, right + 8 : -10] = True
    assert seen[inside].mean() > 0.93 * drawing[inside].mean()
    assert seen[outside].mean() < 0.75 * drawing[outside].mean()

    page.locator("#patches .map[data-checkpoint=facades-patch70]").press("ArrowDown")
    assert "row 22" in page.locator("#patches .field-title").inner_text()

    # The loupe: over one picture, and at the same place of all others.
    sight = page.locator("#patches .sight[data-checkpoint=facades-patch70]")
    sight.scroll_into_view_if_needed()
    box = sight.bounding_box()
    x, y = box["x"] + 0.6 * box["width"], box["y"] + 0.4 * box["height"]
    if someone.touch:
        someone.finger("touchStart", (x - 40, y))
        for step in range(1, 5):
            someone.finger("touchMove", (x - 40 + 10 * step, y))
        someone.finger("touchEnd")
    else:
        page.mouse.move(x, y)
    places = page.evaluate(
        """() => [...document.querySelectorAll('#patches .sight')].map((sight) => {
            const frame = sight.getBoundingClientRect();
            const lens = sight.querySelector('.lens').getBoundingClientRect();
            const middle = (from, length) => from + length / 2;
            return [(middle(lens.x, lens.width) - frame.x) / frame.width,
                    (middle(lens.y, lens.height) - frame.y) / frame.height];
        })"""
    )
    assert len(places) == 5 and np.abs(np.array(places) - (0.6, 0.4)).max() < 0.03


@pytest.mark.browser
@pytest.mark.parametrize("settings", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_losses_and_skips_have_a_tab_of_their_own(visit, models_url, settings):
    someone = visit(settings, models_url)
    page = someone.page
    open_panel(page, "Patch sizes", "patches")
    assert page.locator("#patches .rows").is_hidden(), "a single row leaves nothing to choose"
    open_panel(page, "Losses and skips", "losses")
    rows = page.locator("#losses .rows [role=radio]")
    assert rows.all_inner_texts() == ["Objective", "Generator", "2017 → today"]
    labels = page.locator("#losses .sights .label")
    assert labels.all_inner_texts() == ["Drawing", "L1", "cGAN", "L1 + cGAN"]
    assert "above the real photos" in page.locator("#losses .scores .head").inner_text()
    rows.nth(1).click()
    page.wait_for_function("document.querySelectorAll('#losses .sights .label').length === 5")
    assert labels.all_inner_texts()[1:3] == ["Encoder-decoder, L1", "Encoder-decoder, L1 + cGAN"]
    assert "collapsed" in page.locator("#losses .look").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= settings["viewport"]["width"]
    # The address opens the same row.
    page.reload()
    page.wait_for_function("document.querySelectorAll('#losses .sights .label').length === 5", timeout=90_000)
    assert page.locator("#losses [role=radio][aria-checked=true]").inner_text() == "Generator"
