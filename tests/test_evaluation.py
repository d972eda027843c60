"""The measures against cases done by hand, and the command on small data of its own."""

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from scipy import stats

from pix2pix import checkpoints
from pix2pix.config import TrainConfig
from pix2pix.evaluation import ablations, command, metrics, segmenter, tables
from pix2pix.evaluation.colours import ColourHistogramSegmenter
from pix2pix.evaluation.evaluate import Scorers, evaluate, find_pairs
from pix2pix.evaluation.labels import colour_labels, labels_from_colours, read_labels, unmatched
from pix2pix.evaluation.real_or_fake import bootstrap_interval, labelled_real, percentage, trial_order
from pix2pix.images import array_to_tensor
from pix2pix.tasks import FACADE_PALETTE
from pix2pix.training.step import build_networks

SIDE = 32


# --- Measures --------------------------------------------------------------------------------------------


def test_confusion_matrix_by_hand():
    truth, found = np.array([[0, 0], [0, 1]]), np.array([[0, 0], [1, 1]])
    confusion = metrics.confusion_matrix(truth, found, 2)
    assert confusion.tolist() == [[2, 1], [0, 1]]
    score = metrics.fcn_score(confusion)
    assert score["pixel_accuracy"] == pytest.approx(3 / 4)
    assert score["class_accuracy"] == pytest.approx((2 / 3 + 1) / 2)
    assert score["class_iou"] == pytest.approx((2 / 3 + 1 / 2) / 2)


def test_a_class_that_is_nowhere_counts_for_nothing():
    assert metrics.fcn_score(np.diag([5, 0, 3]))["class_iou"] == 1


def test_histogram_intersection_of_known_histograms():
    assert metrics.histogram_intersection(np.array([1, 1, 2]), np.array([2, 2, 4])) == 1
    assert metrics.histogram_intersection(np.array([1, 0]), np.array([0, 9])) == 0
    assert metrics.histogram_intersection(np.array([1, 3]), np.array([3, 1])) == pytest.approx(0.5)


def test_lab_histograms_of_white_and_black():
    white, black = torch.ones(1, 3, 4, 4), -torch.ones(1, 3, 4, 4)
    one, other = metrics.lab_histograms(white), metrics.lab_histograms(black)
    assert one.sum(1).tolist() == [16, 16, 16] and one[0, -1] == 16 and other[0, 0] == 16
    assert metrics.histogram_intersection(one[0], other[0]) == 0


def test_identical_pictures():
    picture = torch.rand(1, 3, SIDE, SIDE) * 2 - 1
    assert metrics.l1(picture, picture) == 0
    assert metrics.ssim(picture, picture) == pytest.approx(1)
    assert math.isinf(metrics.psnr(picture, picture))
    assert metrics.mean_of_finite([math.inf, 20.0]) == 20


def test_psnr_and_diversity_by_hand():
    grey = torch.zeros(1, 3, SIDE, SIDE)
    assert metrics.psnr(grey, grey + 0.2) == pytest.approx(20, abs=1e-4)  # a tenth of the range
    assert metrics.diversity(torch.cat((grey - 0.2, grey + 0.2))) == pytest.approx(0.2 * 127.5, rel=1e-5)
    assert metrics.diversity(grey.expand(8, -1, -1, -1)) == 0


# --- Labels ----------------------------------------------------------------------------------------------


def test_labels_survive_jpeg(tmp_path):
    truth = np.zeros((64, 64), np.int64)
    truth[8:40, 8:40], truth[20:60, 44:60] = 10, 6
    Image.fromarray(colour_labels(truth, FACADE_PALETTE)).save(tmp_path / "map.jpg", quality=75)
    read = np.asarray(Image.open(tmp_path / "map.jpg").convert("RGB"))
    assert (read_labels(read, FACADE_PALETTE, "map") == truth).mean() > 0.98


def test_a_purple_edge_takes_its_neighbours_label():
    rgb = np.zeros((5, 9, 3), np.uint8)
    rgb[:, :4], rgb[:, 4], rgb[:, 5:] = (0, 0, 222), (127, 0, 111), (254, 0, 0)
    assert set(labels_from_colours(rgb, FACADE_PALETTE).ravel()) == {0, 10}


def test_a_photo_is_no_label_map():
    photo = np.random.default_rng(0).integers(90, 160, (SIDE, SIDE, 3), dtype=np.uint8)
    assert unmatched(photo, FACADE_PALETTE) > 0.9
    with pytest.raises(ValueError, match=r"street\.jpg.* match no palette colour"):
        read_labels(photo, FACADE_PALETTE, "street.jpg")


def test_colours_alone_learn_a_colour():
    rgb = np.zeros((2, 2, 3), np.uint8)
    rgb[0] = 200
    colours = ColourHistogramSegmenter(2)
    colours.add(rgb, np.array([[1, 1], [0, 0]]))
    assert colours.predict(rgb).tolist() == [[1, 1], [0, 0]]


# --- Real or fake? ---------------------------------------------------------------------------------------


def test_trial_order():
    trials = trial_order(60, seed=3)
    assert [trial.practice for trial in trials] == [True] * 10 + [False] * 40
    assert len({trial.pair for trial in trials}) == 50
    assert sum(t.real_first for t in trials[10:]) == 20
    assert trials == trial_order(60, seed=3) and trials != trial_order(60, seed=4)
    assert {trial.pair for trial in trial_order(5, 0)} == set(range(5))
    with pytest.raises(ValueError, match="no pairs"):
        trial_order(0, 0)


def test_votes_are_counted_without_practice():
    trials = trial_order(60, seed=0)
    always_right = [trial.real_first for trial in trials]
    assert percentage(labelled_real(trials, always_right)) == 0
    assert percentage(labelled_real(trials, [not chosen for chosen in always_right])) == 100
    assert len(labelled_real(trials, always_right[:15])) == 5
    with pytest.raises(ValueError, match="no votes"):
        percentage([])


def test_bootstrap_interval_is_the_binomial_one():
    votes = [True] * 10 + [False] * 30
    low, high = bootstrap_interval(votes)
    known = stats.binom.ppf([0.025, 0.975], 40, 0.25) / 40 * 100
    assert (low, high) == pytest.approx(tuple(known), abs=2.5)
    assert bootstrap_interval([True] * 40) == (100, 100)


# --- The scorer and the command, on data of our own --------------------------------------------------------


def draw_facade(number: int, side: int = SIDE) -> tuple[np.ndarray, np.ndarray]:
    """(photo, label colours): a wall with a window; the photo is grey with a dark window, and noise."""
    rng = np.random.default_rng(number)
    labels = np.ones((side, side), np.int64)
    top, left = rng.integers(2, side // 2, 2)
    labels[top : top + side // 3, left : left + side // 3] = 2
    photo = np.where(labels == 1, 190, 60)[..., None] + rng.integers(-20, 20, (side, side, 3))
    return photo.astype(np.uint8), colour_labels(labels, FACADE_PALETTE)


@pytest.fixture(scope="module")
def facades(tmp_path_factory):
    root = tmp_path_factory.mktemp("facades")
    for split in ("train", "val"):
        (root / split).mkdir()
        for number in range(2):
            Image.fromarray(np.concatenate(draw_facade(number), 1)).save(root / split / f"{number}.png")
    return root


@pytest.fixture
def tiny_checkpoint(tmp_path):
    config = TrainConfig(task="facades", direction="BtoA", ngf=4, ndf=4, crop_size=SIDE, load_size=36)
    networks = build_networks(config, torch.device("cpu"))
    folder = tmp_path / "checkpoints" / "facades"
    checkpoints.save(folder, config, networks.generator, networks.discriminator, {"steps": 5})
    return folder


@pytest.fixture
def scorers():
    network = segmenter.SegmentationUNet(12, (4, 4, 4)).eval()
    return Scorers(segmenter.Segmenter(network, {"classes": 12}), ColourHistogramSegmenter(12))


def test_evaluate_gives_the_promised_json(facades, tiny_checkpoint, scorers):
    result = evaluate([str(tiny_checkpoint)], facades, scorers=scorers, quiet=True)
    figures = result["checkpoints"]["facades"]
    assert list(figures) == [
        *("pixel_accuracy", "class_accuracy", "class_iou", "histogram"),
        *("l1", "psnr", "ssim", "diversity"),
    ]
    assert list(figures["histogram"]) == ["L", "a", "b"] and figures["diversity"] > 0
    assert 0 <= result["real"]["pixel_accuracy"] <= 1 and result["real"]["pictures"] == 2
    assert evaluate([str(tiny_checkpoint)], facades, scorers=scorers, quiet=True) == result
    json.dumps(result, allow_nan=False)


def test_without_a_scorer_the_rest_is_still_measured(facades, tiny_checkpoint):
    result = evaluate([str(tiny_checkpoint)], facades, scorers=Scorers(None, None), quiet=True)
    assert result["checkpoints"]["facades"]["class_iou"] is None
    assert command.NO_SCORER in command.as_text(result)


@pytest.mark.parametrize(
    ("size", "message"),
    [((SIDE, SIDE), "photo without labels"), ((50, SIDE), "two squares"), ((32, 16), "two squares")],
)
def test_wrong_pictures_get_one_line(tmp_path, tiny_checkpoint, scorers, size, message):
    (tmp_path / "val").mkdir()
    Image.new("RGB", size).save(tmp_path / "val" / "wrong.png")
    with pytest.raises(ValueError, match=rf"wrong\.png.*{message}") as caught:
        evaluate([str(tiny_checkpoint)], tmp_path, scorers=scorers, quiet=True)
    assert "\n" not in str(caught.value)


def test_missing_data_gets_one_line(tmp_path):
    with pytest.raises(ValueError, match="no such folder"):
        find_pairs(tmp_path / "nowhere", "val")
    with pytest.raises(ValueError, match="no side-by-side pictures"):
        find_pairs(tmp_path, "val")


def test_tables_leave_a_dash_for_what_is_not_there(facades, tiny_checkpoint, scorers, tmp_path):
    result = evaluate([str(tiny_checkpoint)], facades, scorers=scorers, quiet=True)
    tables.write(result, {"facades": 5}, tmp_path / "docs")
    text = (tmp_path / "docs" / "tables.md").read_text(encoding="utf-8")
    assert "| L1 | – | – | – | 0.42 | 0.15 | 0.11 |" in text and "| facades | 5 |" in text
    for plot in ("objectives", "generators", "patches", "histograms"):
        assert (tmp_path / "docs" / "plots" / f"{plot}.png").stat().st_size > 5000


def test_a_scorer_is_the_same_after_saving(tmp_path):
    torch.manual_seed(0)
    network = segmenter.SegmentationUNet(12, (4, 8, 8))
    network(torch.rand(2, 3, SIDE, SIDE))  # moves the batch statistics
    segmenter.save_segmenter(tmp_path, network, {"classes": 12, "widths": [4, 8, 8]})
    loaded = segmenter.load_segmenter(tmp_path)
    photo = array_to_tensor(draw_facade(0)[0])
    with torch.inference_mode():
        assert torch.allclose(loaded.network(photo), network.eval()(photo), atol=0.02)
    with pytest.raises(ValueError, match="no scorer"):
        segmenter.load_segmenter(tmp_path / "nowhere")


def test_jitter_moves_photo_and_labels_alike():
    photo, colours = draw_facade(1, segmenter.SIDE)
    labels = labels_from_colours(colours, FACADE_PALETTE)
    x, y = segmenter.jitter(photo, labels, np.random.default_rng(5))
    assert set(y.unique().tolist()) <= {1, 2, segmenter.NOT_SCORED}
    assert x.abs().max() <= 1 and x.mean(1)[y == 2].mean() < x.mean(1)[y == 1].mean() - 0.3


def test_ablations_resume_what_was_begun(tmp_path):
    (tmp_path / "facades-l1").mkdir()
    (tmp_path / "facades-l1" / "state.safetensors").touch()
    lines = {line[line.index("--task") + 1]: line for line in ablations.commands("data", tmp_path, [])}
    assert "--resume" in lines["facades-l1"] and "--resume" not in lines["facades-cgan"]
    wanted = {row.checkpoint for row in (*tables.GENERATORS, *tables.PATCHES)}
    assert wanted <= set(lines)


def test_only_facades_are_scored(facades):
    from pix2pix.evaluation.evaluate import is_to_labels

    folder = SimpleNamespace(name="edges2cats")
    with pytest.raises(ValueError, match="edges2cats"):
        is_to_labels(SimpleNamespace(settings={"task": "edges2cats"}, folder=folder))


def test_the_interval_of_a_difference():
    """Alike on every picture: exactly 0. Ahead on every picture: above 0. Ahead on half of them: around 0."""
    good, bad = np.array([[8, 2], [1, 9]]), np.array([[5, 5], [4, 6]])
    alike = metrics.difference_interval(np.stack([good] * 10), np.stack([good] * 10))
    assert alike["pixel_accuracy"] == (0.0, 0.0)
    ahead = metrics.difference_interval(np.stack([good] * 10), np.stack([bad] * 10))
    assert ahead["pixel_accuracy"] == pytest.approx((0.3, 0.3))  # 17 of 20 against 11 of 20
    torn = metrics.difference_interval(np.stack([good, bad] * 5), np.stack([bad, good] * 5))
    assert torn["pixel_accuracy"][0] < 0 < torn["pixel_accuracy"][1]
    assert set(ahead) == {"pixel_accuracy", "class_accuracy", "class_iou"}
