"""The Patch sizes tab: what its handlers answer, and what a visitor sees of it in a real Chromium."""

import json
import shutil

import numpy as np
import pytest
import torch
from comparison import SIZES, facade, pixels
from PIL import Image
from torch import nn

from pix2pix.evaluation.color_statistics import BINS
from pix2pix.evaluation.tables import write_scores
from pix2pix.images import load_image
from pix2pix.models.discriminators import PatchDiscriminator, patch_map_size, receptive_field
from pix2pix.tasks import find_task
from pix2pix.ui import inputs
from pix2pix.ui.comparisons import COMPARISONS, TABS, find_comparison, our_scores
from pix2pix.ui.drawing import make_value, prepare
from pix2pix.ui.panels.patches import compare, compare_models, patch_spans
from pix2pix.ui.pool import translators
from pix2pix.ui.scales import VERDICT, colors
from pix2pix.ui.tiles import examples_of

pytest_plugins = ["browser", "studio"]


@pytest.fixture
def weights(models_folder, monkeypatch):
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(models_folder))
    monkeypatch.delenv("PIX2PIX_DATA", raising=False)
    translators.cache_clear()
    yield models_folder
    translators.cache_clear()


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


def test_colors_are_held_against_the_training_photos_where_they_are_kept(weights, tmp_path, monkeypatch):
    canvas = make_value("facades", facade())
    answer = compare_models(canvas, {})
    assert answer["reference"] is None and answer["columns"][0]["overlap"] is None
    assert len(answer["columns"][0]["a"]) == BINS and answer["columns"][0]["energy"] > 0
    copied = tmp_path / "with-colors"
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
    allowed = {tuple(color) for color in colors(VERDICT).tolist()}
    assert {tuple(color) for _, color in maps[2][0].getcolors(65536)} <= allowed
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
