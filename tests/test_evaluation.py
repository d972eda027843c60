"""The measures against cases done by hand: metrics, labels, real or fake."""

import math

import numpy as np
import pytest
import torch
from PIL import Image
from scipy import stats

from pix2pix.evaluation import metrics
from pix2pix.evaluation.color_baseline import ColorHistogramSegmenter
from pix2pix.evaluation.labels import color_labels, labels_from_colors, read_labels, unmatched
from pix2pix.evaluation.real_or_fake import Votes, count_votes, percentage, trial_order, wilson_interval
from pix2pix.tasks import FACADE_PALETTE

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
    gray = torch.zeros(1, 3, SIDE, SIDE)
    assert metrics.psnr(gray, gray + 0.2) == pytest.approx(20, abs=1e-4)  # a tenth of the range
    two = np.stack((np.full((SIDE, SIDE, 3), 100, np.uint8), np.full((SIDE, SIDE, 3), 140, np.uint8)))
    assert metrics.diversity(two) == pytest.approx(20)
    assert metrics.diversity(two[:1].repeat(8, 0)) == 0


# --- Labels ----------------------------------------------------------------------------------------------


def test_labels_survive_jpeg(tmp_path):
    truth = np.zeros((64, 64), np.int64)
    truth[8:40, 8:40], truth[20:60, 44:60] = 10, 6
    Image.fromarray(color_labels(truth, FACADE_PALETTE)).save(tmp_path / "map.jpg", quality=75)
    read = np.asarray(Image.open(tmp_path / "map.jpg").convert("RGB"))
    assert (read_labels(read, FACADE_PALETTE, "map") == truth).mean() > 0.98


def test_a_purple_edge_takes_its_neighbours_label():
    rgb = np.zeros((5, 9, 3), np.uint8)
    rgb[:, :4], rgb[:, 4], rgb[:, 5:] = (0, 0, 222), (127, 0, 111), (254, 0, 0)
    assert set(labels_from_colors(rgb, FACADE_PALETTE).ravel()) == {0, 10}


def test_a_photo_is_no_label_map():
    photo = np.random.default_rng(0).integers(90, 160, (SIDE, SIDE, 3), dtype=np.uint8)
    assert unmatched(photo, FACADE_PALETTE) > 0.9
    with pytest.raises(ValueError, match=r"street\.jpg.* match no palette color"):
        read_labels(photo, FACADE_PALETTE, "street.jpg")


def test_the_color_only_baseline_learns_a_color():
    rgb = np.zeros((2, 2, 3), np.uint8)
    rgb[0] = 200
    baseline = ColorHistogramSegmenter(2)
    baseline.add(rgb, np.array([[1, 1], [0, 0]]))
    assert baseline.predict(rgb).tolist() == [[1, 1], [0, 0]]


# --- Real or fake? ---------------------------------------------------------------------------------------


def test_trial_order():
    photos = [*(number // 2 for number in range(60)), *range(30, 70)]  # 30 photos with two crops, 40 with one
    trials = trial_order(photos, seed=3)
    assert [trial.practice for trial in trials] == [True] * 10 + [False] * 40
    assert len({trial.picture for trial in trials}) == 50
    assert sum(trial.made for trial in trials[:10]) == 5 and sum(trial.made for trial in trials[10:]) == 20
    assert trials == trial_order(photos, seed=3) and trials != trial_order(photos, seed=4)
    with pytest.raises(ValueError, match="5 pictures of 5 photos cannot be divided into 10 trials"):
        trial_order(range(5), 0)


def test_votes_are_counted_without_practice_and_by_kind():
    trials = trial_order(range(60), seed=0)
    right = [not trial.made for trial in trials]
    assert count_votes(trials, right) == Votes((False,) * 20, (True,) * 20)
    assert count_votes(trials, [True] * 50) == Votes((True,) * 20, (True,) * 20)
    early = count_votes(trials, right[:15])
    assert len(early.made) + len(early.real) == 5
    assert percentage(early.real + early.made) == 100 * len(early.real) / 5
    with pytest.raises(ValueError, match="no votes"):
        percentage([])


def test_the_wilson_interval_is_scipys():
    for count, n in ((0, 20), (10, 40), (225, 1000), (20, 20)):
        votes = [True] * count + [False] * (n - count)
        known = stats.binomtest(count, n).proportion_ci(method="wilson")
        assert wilson_interval(votes) == pytest.approx((100 * known.low, 100 * known.high), abs=0.01)


# --- Intervals --------------------------------------------------------------------------------------------


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


def test_the_interval_of_a_score_is_the_binomial_one():
    """One pixel a picture, three of four right: the per-pixel accuracy is a share of pictures."""
    right, wrong = np.array([[1, 0], [0, 0]]), np.array([[0, 1], [0, 0]])
    interval = metrics.score_interval(np.stack([right] * 30 + [wrong] * 10))
    known = stats.binom.ppf([0.025, 0.975], 40, 0.75) / 40
    assert interval["pixel_accuracy"] == pytest.approx(tuple(known), abs=0.03)
    assert metrics.score_interval(np.stack([right] * 10))["pixel_accuracy"] == (1.0, 1.0)
