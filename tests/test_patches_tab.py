"""The Patch sizes tab: what its handlers answer, and what a visitor sees of it in a real Chromium."""

import io
import json
import shutil

import numpy as np
import pytest
import torch
from conftest import save_checkpoint
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image
from torch import nn

from pix2pix.evaluation.color_statistics import BINS
from pix2pix.evaluation.tables import write_scores
from pix2pix.images import load_image
from pix2pix.models.discriminators import PatchDiscriminator, patch_map_size, receptive_field
from pix2pix.tasks import find_task
from pix2pix.ui import inputs
from pix2pix.ui.comparisons import COMPARISONS, TABS, find_comparison, our_scores
from pix2pix.ui.drawing import decode_data_url, make_value, prepare
from pix2pix.ui.panels.patches import compare, compare_models, patch_spans
from pix2pix.ui.pool import translators
from pix2pix.ui.scales import VERDICT, colours
from pix2pix.ui.tiles import examples_of

pytest_plugins = ["browser"]
HERE = (
    "facades-l1",
    "facades-patch1",
    "facades-patch16",
    "facades-patch70",
    "facades",
)  # patch286 and all else are missing
SIZES = {"facades-patch1": 256, "facades-patch16": 126, "facades-patch70": 30}


@pytest.fixture(scope="module")
def models_folder(tmp_path_factory):
    """Tiny untrained checkpoints of the first row, but for the last of them."""
    root = tmp_path_factory.mktemp("models")
    for number, name in enumerate(HERE):
        save_checkpoint(root, name, seed=number)
    return root


@pytest.fixture
def weights(models_folder, monkeypatch):
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(models_folder))
    monkeypatch.delenv("PIX2PIX_DATA", raising=False)
    translators.cache_clear()
    yield models_folder
    translators.cache_clear()


def facade(example: int = 0) -> Image.Image:
    return load_image(examples_of("facades")[example])


def pixels(url: str) -> np.ndarray:
    return np.asarray(decode_data_url(url))


# --- what one score sees ---------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, 1, 3, 5])
@pytest.mark.parametrize("where", ["first", "near the border", "middle", "last"])
def test_the_drawn_box_is_where_the_gradient_is(n, where):
    """By brute force, on a net without norms (these look at the whole picture): the box, exactly, clipped."""
    torch.manual_seed(0)
    net = PatchDiscriminator(in_channels=2, ndf=2, n_layers=n).double()
    net.norms = nn.ModuleList(nn.Identity() for _ in net.norms)
    for conv in net.convs:
        nn.init.uniform_(conv.weight, 0.1, 1)  # positive: no gradient cancels
    drawing, picture = torch.rand(2, 1, 1, 256, 256, dtype=torch.double).unbind(0)
    picture.requires_grad_(True)
    size = patch_map_size(n)
    down = {"first": 0, "near the border": 1, "middle": size // 2, "last": size - 1}[where]
    across = size // 3
    net(drawing, picture)[0, 0, down, across].backward()
    spans = patch_spans(n)
    assert len(spans) == size
    for axis, index in ((1, down), (0, across)):
        seen = picture.grad[0, 0].abs().sum(axis).nonzero().flatten()
        assert (seen[0].item(), seen[-1].item()) == spans[index]
    assert all(0 <= first <= last <= 255 for first, last in spans)


def test_a_box_far_from_the_border_is_as_large_as_its_name():
    for n in (0, 1, 2, 3):
        first, last = patch_spans(n)[patch_map_size(n) // 2]
        assert last - first + 1 == receptive_field(n)
    assert patch_spans(5)[2:4] == [(0, 254), (1, 255)], "286 pixels, but for one all there are"


# --- the handlers ----------------------------------------------------------------------------------------


def test_the_row_stands_in_order_and_says_what_is_missing(weights):
    answer = compare_models(make_value("facades", facade()), {"row": "patch"})
    columns = answer["columns"]
    assert [column["label"] for column in columns] == ["L1", "1×1", "16×16", "70×70", "286×286"]
    assert [column["picture"] is not None for column in columns] == [True, True, True, True, False]
    assert answer["missing"] == "Not here yet: facades-patch286. The others are shown."
    assert "facades-patch286" in columns[-1]["why"]
    assert columns[0]["patches"] is None, "L1 has no discriminator"
    assert {c["checkpoint"]: c["patches"]["size"] for c in columns[1:4]} == SIZES
    shown = [pixels(column["picture"]) for column in columns[:4]]
    assert all(one.shape == (256, 256, 3) for one in shown) and not np.array_equal(shown[0], shown[1])
    assert answer["source"] == "canvas" and not answer["stands_in"] and answer["photo"] is None


def test_each_map_is_its_own_discriminators(weights):
    answer = compare_models(make_value("facades", facade()), {"row": "patch"})
    drawing = prepare(find_task("facades"), facade())
    for column in answer["columns"][1:4]:
        translator = translators().get(column["checkpoint"])
        expected = translator.critique(drawing, Image.fromarray(pixels(column["picture"])))
        scores = pixels(column["patches"]["scores"])[..., 0] / 255
        assert scores.shape == expected.shape and np.abs(scores - expected).max() < 0.01
        assert column["patches"]["mean"] == pytest.approx(expected.mean(), abs=1e-3)
        assert column["patches"]["field"] == receptive_field(translator.discriminator.n_layers)


def test_colours_are_held_against_the_training_photos_where_they_are_kept(weights, tmp_path, monkeypatch):
    canvas = make_value("facades", facade())
    answer = compare_models(canvas, {})
    assert answer["reference"] is None and answer["columns"][0]["overlap"] is None
    assert len(answer["columns"][0]["a"]) == BINS and answer["columns"][0]["energy"] > 0
    copied = tmp_path / "with-colours"
    shutil.copytree(weights, copied)
    even = {"a": [1 / BINS] * BINS, "b": [1 / BINS] * BINS, "gradient_energy": 50.0}
    (copied / "facades-patch70" / "color.json").write_text(json.dumps(even))
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(copied))
    answer = compare_models(canvas, {})
    assert answer["reference"]["energy"] == 50
    assert all(0 < column["overlap"]["a"] <= 1 for column in answer["columns"] if column["picture"])


def test_another_task_on_the_canvas_brings_a_facade_example(weights):
    lines = make_value("edges2cats", load_image(examples_of("edges2cats")[0]))
    for canvas in (lines, None):
        answer = compare_models(canvas, {})
        assert answer["stands_in"] and "façades only" in answer["note"]
        assert np.array_equal(pixels(answer["drawing"]), np.asarray(prepare(find_task("facades"), facade())))


@pytest.mark.parametrize("row", ["objective", "generator"])
def test_the_other_rows(weights, row):
    answer = compare_models(make_value("facades", facade()), {"row": row})
    there = [column["checkpoint"] for column in answer["columns"] if column["picture"]]
    assert there == ["facades-l1", "facades-patch70"] and "not here" in answer["missing"].lower()
    assert compare_models(make_value("facades", facade()), {"row": row, "seen": answer["seen"]}) == {
        "same": True
    }


def test_a_damaged_checkpoint_does_not_stop_the_others(weights, tmp_path, monkeypatch):
    copied = tmp_path / "damaged"
    shutil.copytree(weights, copied)
    (copied / "facades-patch16" / "generator.safetensors").write_bytes(b"not weights")
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(copied))
    translators.cache_clear()
    columns = compare_models(None, {})["columns"]
    assert "could not be read" in columns[2]["why"] and str(tmp_path) not in columns[2]["why"]
    assert columns[3]["picture"]


def test_the_real_photo_of_a_validation_input(weights, tmp_path, monkeypatch):
    folder = tmp_path / "facades" / "val"
    folder.mkdir(parents=True)
    for number in range(3):
        both = Image.new("RGB", (512, 256), (40 * number, 90, 60))
        both.paste(facade(number), (256, 0))
        both.save(folder / f"{number + 1}.jpg", quality=90)
    monkeypatch.setenv("PIX2PIX_DATA", str(tmp_path))
    answer = compare_models(make_value("facades", facade(1)), {})
    photo = pixels(answer["photo"]["picture"]).astype(int)
    assert np.abs(photo[:, :-16] - (40, 90, 60)).max() < 8, "but for what JPEG mixes in at the seam"
    changed = facade(1)
    changed.paste((0, 48, 255), (40, 40, 200, 120))
    assert compare_models(make_value("facades", changed), {})["photo"] is None, "another drawing now"
    answer = compare_models(None, {"source": "validation", "avoid": "validation pair 1"})
    assert answer["name"] in ("validation pair 2", "validation pair 3") and answer["photo"]
    again = compare_models(None, {"source": "validation", "name": answer["name"]})
    assert again["drawing"] == answer["drawing"]
    monkeypatch.setenv("PIX2PIX_DATA", str(tmp_path / "nowhere"))
    assert "no validation photos" in compare_models(None, {"source": "validation"})["error"]
    inputs._read_pairs.cache_clear()


def test_our_scores_are_what_the_tables_wrote(tmp_path):
    assert our_scores(tmp_path / "scores.json") == {}
    numbers = {"pixel_accuracy": 0.5, "class_accuracy": 0.25, "class_iou": 0.125, "l1": 0.3}
    write_scores({"checkpoints": {"facades": numbers}}, tmp_path / "scores.json")
    assert our_scores(tmp_path / "scores.json") == {"facades": (0.5, 0.25, 0.125)}
    (tmp_path / "scores.json").write_text("[1, 2]")
    assert our_scores(tmp_path / "scores.json") == {}


def test_the_papers_figures_fit_the_rows():
    patch = {model.label: model.figures for model in COMPARISONS["patch"].models}
    assert max(patch, key=patch.get) == "70×70"
    with pytest.raises(ValueError, match="patch, objective, generator, today"):
        find_comparison("moon")


def test_the_endpoint(weights):
    example = str(examples_of("facades")[0])
    pictures, maps, missing = compare(example, "patch")
    assert [caption for _, caption in pictures] == ["L1", "1×1", "16×16", "70×70"]
    assert [caption.split(",")[0] for _, caption in maps] == [
        "1×1: 256×256 patches", "16×16: 126×126 patches", "70×70: 30×30 patches",
    ]  # fmt: skip
    allowed = {tuple(colour) for colour in colours(VERDICT).tolist()}
    assert {tuple(colour) for _, colour in maps[2][0].getcolors(65536)} <= allowed
    assert "facades-patch286" in missing
    for wrong in ((example, "moon"), (None, "patch")):
        with pytest.raises(Exception, match=r"no row is called|no image"):
            compare(*wrong)


def test_every_row_has_one_tab():
    shown = [row for rows in TABS.values() for row in rows]
    assert sorted(shown) == sorted(COMPARISONS) and TABS["patches"] == ("patch",)


def test_the_collapse_that_the_page_tells_of_is_in_the_scores():
    """Class accuracy 1/12 is what a scorer of 12 classes gives pictures in which it finds a single one."""
    assert "collapsed" in COMPARISONS["generator"].look
    _, class_accuracy, _ = our_scores()["facades-encdec-l1"]
    assert class_accuracy == pytest.approx(1 / 12, abs=0.01)


# --- in a browser ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def models_url(models_folder, tmp_path_factory):
    from browser import running_studio

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


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}


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
    page.get_by_role("tab", name="Patch sizes").click()
    page.wait_for_selector("#patches .panel[data-answers]", timeout=90_000)
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
    page.get_by_role("tab", name="Patch sizes").click()
    page.wait_for_selector("#patches .panel[data-answers]", timeout=90_000)
    assert page.locator("#patches .rows").is_hidden(), "a single row leaves nothing to choose"
    page.get_by_role("tab", name="Losses and skips").click()
    page.wait_for_selector("#losses .panel[data-answers]", timeout=90_000)
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
