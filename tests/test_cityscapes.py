"""The scorer of street scenes: label maps read from JPEG colors, and the network on a street of our own."""

import json
import sys

import numpy as np
import pytest
from conftest import save_checkpoint
from PIL import Image, ImageDraw, ImageFilter

from pix2pix.data.label_rules import CITYSCAPES_PALETTE
from pix2pix.evaluation import cityscapes
from pix2pix.evaluation.evaluate import NO_FEATURES, Options, evaluate
from pix2pix.evaluation.labels import color_labels
from pix2pix.evaluation.scorers import has_scorer, scorer_for

NUMBER = {name: number for number, (name, _) in enumerate(CITYSCAPES_PALETTE)}
SIDE = 256


def draw_street(number: int) -> tuple[Image.Image, Image.Image]:
    """(photo, labels), both squeezed into a square: a road between house fronts, a car, a bright sky."""
    photo, labels = Image.new("RGB", (512, 256), (235, 238, 240)), Image.new("L", (512, 256), NUMBER["sky"])
    pen, mark = ImageDraw.Draw(photo), ImageDraw.Draw(labels)
    areas = {
        "road": [((0, 256), (512, 256), (300, 115), (230, 115))],
        "sidewalk": [((0, 256), (0, 170), (230, 115)), ((512, 256), (512, 170), (300, 115))],
        "building": [
            ((0, 0), (120, 40), (230, 100), (230, 116), (0, 175)),
            ((512, 0), (400, 40), (300, 100), (300, 116), (512, 175)),
        ],
        "car": [((246, 105), (284, 105), (284, 128), (246, 128))],
    }
    colors = {
        "road": (96, 98, 97),
        "sidewalk": (130, 128, 124),
        "building": (105, 92, 82),
        "car": (40, 42, 48),
    }
    for name, polygons in areas.items():
        for polygon in polygons:
            pen.polygon(polygon, fill=colors[name])
            mark.polygon(polygon, fill=NUMBER[name])
    for column in range(6):  # windows
        for row in range(3):
            top, height = 50 + row * (38 - 3 * column) + 6 * column, 19 - 2 * column
            for left in (20 + 35 * column, 478 - 35 * column):
                pen.rectangle((left, top, left + 14, top + height), fill=(55, 58, 62))
    for part in (0.15, 0.35, 0.6, 0.9):  # lane markings
        y = 115 + 141 * part
        pen.rectangle((264 - 10 * part, y, 264 + 10 * part, y + 14 * part + 3), fill=(210, 210, 205))
    for place in ((247, 118), (278, 118)):  # rear lights
        pen.rectangle((*place, place[0] + 5, place[1] + 4), fill=(200, 40, 30))
    mark.rectangle((0, 246, 512, 256), fill=NUMBER["void"])  # the bonnet
    noise = np.random.default_rng(number).normal(0, 3, (256, 512, 1))
    photo = np.asarray(photo.filter(ImageFilter.GaussianBlur(0.8))) + noise
    colored = Image.fromarray(color_labels(np.asarray(labels), CITYSCAPES_PALETTE))
    squeeze = (SIDE, SIDE)
    return (
        Image.fromarray(photo.clip(0, 255).astype(np.uint8)).resize(squeeze),
        colored.resize(squeeze, Image.Resampling.NEAREST),
    )


@pytest.fixture(scope="module")
def streets(tmp_path_factory):
    """A miniature of the pairs: two for validation, 512×256 JPEG, photo left, labels right."""
    root = tmp_path_factory.mktemp("cityscapes")
    (root / "val").mkdir()
    for number in range(2):
        both = Image.new("RGB", (2 * SIDE, SIDE))
        for place, picture in enumerate(draw_street(number)):
            both.paste(picture, (place * SIDE, 0))
        both.save(root / "val" / f"{number}.jpg", quality=90)
    return root


def test_the_palette_has_the_train_ids_first():
    assert ", ".join(name for name, _ in CITYSCAPES_PALETTE[: cityscapes.CLASSES]) == (
        "road, sidewalk, building, wall, fence, pole, traffic light, traffic sign, vegetation, terrain, sky, "
        "person, rider, car, truck, bus, train, motorcycle, bicycle"
    )


def test_label_maps_survive_jpeg_and_void_is_not_scored(streets):
    scorer = cityscapes.cityscapes_scorer()
    colors = np.asarray(Image.open(streets / "val" / "0.jpg"))[:, SIDE:]
    exact = np.asarray(draw_street(0)[1])
    truth, plain = scorer.truth(colors, "0.jpg"), scorer.truth(exact, "exact")
    assert (truth == plain).mean() > 0.98
    assert (plain[-8:] >= cityscapes.CLASSES).all() and (plain[:-12] < cityscapes.CLASSES).all()
    confusion = scorer.confusion(plain, np.full_like(plain, NUMBER["road"]))
    assert confusion.sum() == (plain < cityscapes.CLASSES).sum() and confusion[:, 1:].sum() == 0
    # A made label map is read the same way, but never as void.
    assert (scorer.found(exact)[:-12] == plain[:-12]).all() and scorer.found(exact).max() < cityscapes.CLASSES


def test_other_label_maps_are_refused(streets):
    scorer = cityscapes.cityscapes_scorer()
    facade = np.zeros((SIDE, SIDE, 3), np.uint8)
    facade[:] = (0, 128, 255)
    assert scorer.reads(np.asarray(draw_street(0)[1])) and not scorer.reads(facade)
    with pytest.raises(ValueError, match="match no palette color"):
        scorer.truth(facade, "facade.png")


def test_streets_have_a_scorer_both_ways():
    assert all(has_scorer(task) for task in ("labels2street", "street2labels", "cityscapes-l1", "facades-l1"))
    assert not has_scorer("edges2cats") and scorer_for("edges2cats") is None


def test_without_litert_the_rest_is_measured(streets, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    result = evaluate([save_checkpoint(tmp_path, "labels2street")], streets, Options(samples=1), quiet=True)
    figures = result["checkpoints"]["labels2street"]
    assert figures["class_iou"] is None and figures["l1"] > 0
    assert "pip install ai-edge-litert" in result["notes"][1]


def test_missing_weights_are_one_line(tmp_path):
    pytest.importorskip("ai_edge_litert")
    scorer = cityscapes.cityscapes_scorer(tmp_path / "gone.tflite")
    assert scorer.predict is None and "gone.tflite" in scorer.missing and "\n" not in scorer.missing


# --- With LiteRT -----------------------------------------------------------------------------------------


def test_the_network_reads_a_street():
    pytest.importorskip("ai_edge_litert")
    photo, labels = draw_street(0)
    scorer = cityscapes.cityscapes_scorer()
    found = scorer.predict(np.asarray(photo))
    assert found.shape == (SIDE, SIDE) and found.min() >= 0 and found.max() < cityscapes.CLASSES
    assert (found[190:, 90:170] == NUMBER["road"]).mean() > 0.75
    assert (found[60:110, :50] == NUMBER["building"]).mean() > 0.5
    assert (scorer.predict(np.asarray(photo)) == found).all()
    # Classes are found where they stand: a mirrored photo gives nearly the mirrored labels.
    mirrored = scorer.predict(np.ascontiguousarray(np.asarray(photo)[:, ::-1]))[:, ::-1]
    assert (mirrored == found).mean() > 0.7
    confusion = scorer.confusion(scorer.truth(np.asarray(labels), "labels"), found)
    assert np.diag(confusion).sum() / confusion.sum() > 0.3  # a drawn street; one class in 19 by chance


@pytest.mark.slow
def test_evaluate_scores_real_photos_and_made_ones(streets, tmp_path):
    pytest.importorskip("ai_edge_litert")
    result = evaluate([save_checkpoint(tmp_path, "labels2street")], streets, Options(samples=1), quiet=True)
    (real,) = result["sets"].values()
    made = result["checkpoints"]["labels2street"]
    assert real["pixel_accuracy"] > 0.5 > made["pixel_accuracy"] >= 0  # an untrained network paints nothing
    low, high = real["interval"]["pixel_accuracy"]
    assert low <= real["pixel_accuracy"] <= high and result["notes"] == [NO_FEATURES]


def test_the_card_has_the_figures_of_its_json(streets, tmp_path, capsys):
    pytest.importorskip("ai_edge_litert")
    assert cityscapes.main(["--data", str(streets), "--out", str(tmp_path)]) == 0
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert f"| per-pixel accuracy | {figures['pixel_accuracy']:.3f} |" in text and "On 2 real photos" in text
    unseen = [name for name, value in figures["iou"].items() if value is None]
    assert unseen and all(f"{name} –" in text for name in unseen) and "0.80 · 0.26 · 0.21" in text
    assert cityscapes.main(["--data", str(tmp_path / "none"), "--out", str(tmp_path)]) == 2
    assert "no such folder" in capsys.readouterr().err
