"""The perceptual loss: a distance, its gradient, and where its network comes from."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from pix2pix import checkpoints
from pix2pix.config import TrainConfig
from pix2pix.models.features import LAYERS, load_features
from pix2pix.training.loop import fit
from pix2pix.training.perceptual import SHIFT, UnitDistance, crop, crop_shift, perceptual_distance
from pix2pix.training.state import STATE
from pix2pix.training.step import build_networks, train_step, update_average


@pytest.fixture(scope="module")
def features_file(tmp_path_factory):
    """SqueezeNet's layout with random weights: the distance's properties do not need trained ones."""
    from torchvision.models import squeezenet1_0

    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("features") / "squeezenet.safetensors"
    save_file({name: value.half() for name, value in squeezenet1_0(weights=None).state_dict().items()}, path)
    return path


@pytest.fixture(scope="module")
def network(features_file):
    return load_features(str(features_file))


def test_equal_pictures_are_zero_apart_and_blur_grows(network):
    torch.manual_seed(1)
    picture = torch.rand(1, 3, 64, 64) * 2 - 1
    assert perceptual_distance(network, picture, picture).abs() < 1e-5
    blurred = [F.avg_pool2d(picture, k, 1, k // 2, count_include_pad=False) for k in (3, 5, 9)]
    distances = [float(perceptual_distance(network, b, picture)) for b in blurred]
    assert 0 < distances[0] < distances[1] < distances[2]


def test_it_is_the_sum_over_layers_of_unit_vectors_apart(network):
    torch.manual_seed(2)
    one, other = torch.rand(2, 3, 64, 64) * 2 - 1, torch.rand(2, 3, 64, 64) * 2 - 1
    expected = sum(
        (F.normalize(a, dim=1) - F.normalize(b, dim=1)).square().sum(1).mean()
        for a, b in zip(network(one), network(other), strict=True)
    )
    torch.testing.assert_close(perceptual_distance(network, one, other), expected, atol=1e-4, rtol=1e-4)
    assert len(network(one)) == len(LAYERS)


def test_its_gradient_is_autograds():
    torch.manual_seed(3)
    a = torch.randn(2, 5, 3, 4, dtype=torch.float64, requires_grad=True)
    b = torch.randn(2, 5, 3, 4, dtype=torch.float64)
    (ours,) = torch.autograd.grad(UnitDistance.apply(a, b), a)
    plain = (F.normalize(a, dim=1) - F.normalize(b, dim=1)).square().sum(1).mean()
    torch.testing.assert_close(ours, torch.autograd.grad(plain, a)[0], atol=1e-7, rtol=1e-5)
    zeros = torch.zeros(1, 5, 2, 2, requires_grad=True)
    (at_zero,) = torch.autograd.grad(UnitDistance.apply(zeros, torch.randn(1, 5, 2, 2)), zeros)
    assert torch.isfinite(at_zero).all()


def test_both_pictures_are_cropped_alike():
    picture = torch.arange(64.0).view(1, 1, 1, 64).expand(1, 1, 64, 64)
    shifts = [crop_shift(0, step) for step in range(50)]
    assert {int(s) for shift in shifts for s in shift} == set(range(SHIFT))
    for shift in shifts[:5]:
        cut = crop(picture, shift)
        assert cut.shape[-2:] == (64 - SHIFT, 64 - SHIFT) and cut[0, 0, 0, 0] == shift[1]
    assert torch.equal(crop_shift(4, 7), crop_shift(4, 7))


def test_the_feature_network_gets_no_gradient_and_no_file(tiny_config, features_file):
    config = replace(tiny_config, **PERCEPTUAL, features=str(features_file), steps=2)
    networks = build_networks(config, torch.device("cpu"))
    a, b = torch.rand(1, 3, 64, 64) * 2 - 1, torch.rand(1, 3, 64, 64) * 2 - 1
    losses = train_step(networks, a, b, networks.generator.draw_noise([0]), config)
    whole = losses["G_gan"] + config.lambda_l1 * losses["G_l1"] + 10 * losses["G_perceptual"]
    torch.testing.assert_close(losses["G"], whole)
    assert all(p.grad is None for p in networks.features.parameters())
    out = fit(config)
    assert not any("features" in line for line in (out / "config.json").read_text().splitlines())
    assert "feature" not in "".join(path.name for path in out.iterdir())


PERCEPTUAL = {"crop_size": 64, "load_size": 72, "lambda_perceptual": 10.0}


@pytest.mark.slow
def test_a_run_with_all_three_resumes_bit_for_bit(tiny_config, features_file, tmp_path, monkeypatch):
    changes = {
        **PERCEPTUAL,
        "antialias": True,
        "color_wish": True,
        "features": str(features_file),
        "ema": 0.9,
    }
    whole = replace(tiny_config, **changes, steps=6, save_every=3)
    fit(whole)
    cut = replace(whole, out=str(tmp_path / "cut"))
    with pytest.raises(Stopped), monkeypatch.context() as patched:
        patched.setattr("pix2pix.training.loop.update_average", stop_at(5))
        fit(cut)  # killed in its fifth step: the state of the third is on disk
    fit(replace(cut, resume=True))
    one, other = (checkpoints.read_tensors(Path(c.out) / STATE)[0] for c in (whole, cut))
    assert one.keys() == other.keys() and all(torch.equal(one[k], other[k]) for k in one)


class Stopped(Exception):
    pass


def stop_at(step: int):
    def update(networks, decay, done):
        if done == step:
            raise Stopped
        update_average(networks, decay, done)

    return update


def test_weights_that_cannot_be_had_are_one_line(tmp_path):
    for name, said in (("", "no feature network"), (str(tmp_path / "none.safetensors"), "no such file")):
        with pytest.raises(ValueError, match=said) as error:
            load_features(name)
        assert "--features" in str(error.value) and "\n" not in str(error.value)
    save_file({"features.0.weight": torch.zeros(2)}, tmp_path / "other.safetensors")
    (tmp_path / "text.safetensors").write_text("not weights")
    for name in ("other", "text"):
        with pytest.raises(ValueError, match="not SqueezeNet") as error:
            load_features(str(tmp_path / f"{name}.safetensors"))
        assert "\n" not in str(error.value)


def test_without_a_network_connection_it_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr("torch.hub.download_url_to_file", refuse)
    with pytest.raises(ValueError, match=r"could not download.*--features FILE\.safetensors"):
        load_features("squeezenet1_0")


def refuse(*_, **__):
    raise OSError("no route to host")


@pytest.mark.parametrize("pairs", ["cutout", "drawing"])
def test_mattes_and_drawings_are_not_compared_so(pairs):
    with pytest.raises(ValueError, match="--lambda-perceptual"):
        TrainConfig(pairs=pairs, lambda_perceptual=10)
