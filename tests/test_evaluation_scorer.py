"""The scorer from training to its card, on façades of a few pixels."""

import numpy as np
import pytest
import torch
from PIL import Image

from pix2pix.checkpoint_schema import read_config
from pix2pix.evaluation import segmenter, segmenter_network
from pix2pix.evaluation.labels import color_labels, labels_from_colors
from pix2pix.images import array_to_tensor
from pix2pix.tasks import FACADE_PALETTE


def draw_pair(number: int, side: int = 256) -> np.ndarray:
    """photo | labels, uint8 (side, 2·side, 3): a light wall and a dark window."""
    rng = np.random.default_rng(number)
    labels = np.ones((side, side), np.int64)
    top, left = rng.integers(16, side // 2, 2)
    labels[top : top + side // 3, left : left + side // 3] = 2
    photo = np.where(labels == 1, 200, 60)[..., None] + rng.integers(-10, 10, (side, side, 3))
    return np.concatenate((photo.astype(np.uint8), color_labels(labels, FACADE_PALETTE)), 1)


@pytest.fixture(scope="module")
def facades(tmp_path_factory):
    root = tmp_path_factory.mktemp("facades")
    for split in ("train", "val"):
        (root / split).mkdir()
        for number in range(3):
            Image.fromarray(draw_pair(number)).save(root / split / f"{number}.png")
    return root


def test_shrink_takes_means_of_photos_and_one_class_of_labels():
    photo = np.zeros((4, 4, 3), np.uint8)
    photo[:2, :2] = [[[0], [100]], [[100], [200]]]
    labels = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 3, 3], [2, 2, 3, 3]])
    small, classed = segmenter.shrink(photo, labels, 2)
    assert small[..., 0].tolist() == [[100, 0], [0, 0]] and classed.tolist() == [[0, 1], [2, 3]]


def test_photos_are_scored_at_their_own_size():
    network = segmenter.SegmentationUNet(12, (4, 4)).eval()
    scorer = segmenter_network.Segmenter(network, {"classes": 12, "side": 16})
    assert scorer.predict(torch.zeros(1, 3, 64, 64)).shape == (64, 64)


@pytest.mark.slow
def test_train_resume_measure_and_ship(facades, tmp_path, capsys):
    run, folder = tmp_path / "run", tmp_path / "shipped"
    line = ["--data", str(facades), "--out", str(run), "--widths", "4", "8", "--side", "64"]
    line += ["--batch-size", "1", "--device", "cpu", "--ship", str(folder)]
    assert segmenter.main([*line, "--steps", "1"]) == 0
    assert segmenter.main([*line, "--steps", "2", "--resume"]) == 0
    settings = read_config(folder / "config.json")
    assert settings["steps"] == 2 and settings["validation"]["photos"] == 3
    assert settings["validation"]["colours_alone"]["pixel_accuracy"] > 0.95  # here color tells all
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert "2 steps of 1" in text and f"{settings['validation']['class_iou']:.3f}" in text
    assert not (folder / segmenter.STATE).exists() and segmenter.load_segmenter(folder).classes == 12
    assert segmenter.main(["--data", str(facades), "--out", str(tmp_path / "none"), "--check"]) == 2
    assert "no scorer" in capsys.readouterr().err


def test_a_scorer_is_the_same_after_saving(tmp_path):
    torch.manual_seed(0)
    network = segmenter.SegmentationUNet(12, (4, 8, 8))
    network(torch.rand(2, 3, 32, 32))  # moves the batch statistics
    segmenter.save_segmenter(tmp_path, network, {"classes": 12, "widths": [4, 8, 8]})
    loaded = segmenter.load_segmenter(tmp_path)
    photo = array_to_tensor(draw_pair(0, 64)[:, :64])
    with torch.inference_mode():
        assert torch.allclose(loaded.network(photo), network.eval()(photo), atol=0.02)
    with pytest.raises(ValueError, match="no scorer"):
        segmenter.load_segmenter(tmp_path / "nowhere")


def test_jitter_moves_photo_and_labels_alike():
    photo, colors = np.split(draw_pair(1, segmenter.SIDE), 2, 1)
    labels = labels_from_colors(colors, FACADE_PALETTE)
    x, y = segmenter.jitter(photo, labels, np.random.default_rng(5))
    assert set(y.unique().tolist()) <= {1, 2, segmenter.NOT_SCORED}
    assert x.abs().max() <= 1 and x.mean(1)[y == 2].mean() < x.mean(1)[y == 1].mean() - 0.3
