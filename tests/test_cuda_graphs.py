"""Captured work gives what the work gives: the book-keeping everywhere, the graph where there is a GPU."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from pix2pix.inference import Translator
from pix2pix.models import cuda_graphs
from pix2pix.models.cuda_graphs import WARM_UP, Captured, Named
from pix2pix.training.step import build_networks, step_noise, stepper, to_device, train_step

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
STEPS = WARM_UP + 3


def without_a_gpu(patch: pytest.MonkeyPatch) -> list[list[Tensor]]:
    """In the graph's place the same work on the same places in memory. Returns what was captured."""
    captured = []

    def capture(work, given):
        captured.append(given)
        found: Named = {}

        def replay() -> Named:
            for name, tensor in work(*given).items():
                found.setdefault(name, torch.empty_like(tensor)).copy_(tensor)
            return found

        return replay

    patch.setattr(cuda_graphs, "capture", capture)
    patch.setattr(cuda_graphs, "on_side_stream", lambda work, given: work(*given))
    return captured


def test_every_call_sees_its_own_numbers_and_keeps_its_own_answer(monkeypatch):
    captured = without_a_gpu(monkeypatch)
    double = Captured(lambda x: {"y": x * 2})
    answers = [double(torch.tensor([float(call)]))["y"] for call in range(STEPS)]
    assert [answer.item() for answer in answers] == [2.0 * call for call in range(STEPS)]
    assert len(captured) == 1


def test_what_cannot_be_captured_is_said_once_and_goes_on_as_it_is(monkeypatch):
    def capture(work, given):
        raise RuntimeError("operation not permitted\nmore of it")

    monkeypatch.setattr(cuda_graphs, "on_side_stream", lambda work, given: work(*given))
    monkeypatch.setattr(cuda_graphs, "capture", capture)
    double = Captured(lambda x: {"y": x * 2})
    with pytest.warns(UserWarning, match="running eagerly: operation not permitted$") as told:
        answers = [double(torch.tensor(float(call)))["y"].item() for call in range(STEPS)]
    assert answers == [2.0 * call for call in range(STEPS)] and len(told) == 1


def trained(config, device: torch.device, make_steps) -> tuple[list[dict[str, Tensor]], list[Tensor]]:
    """The losses of a few steps, each with its own pair, noise and rate, and the weights after them."""
    networks = build_networks(config, device)
    make_step = make_steps(networks, config, device)
    numbers = torch.Generator().manual_seed(7)
    losses = []
    for step in range(STEPS):
        for adam in (networks.adam_g, networks.adam_d):
            adam.set_rate(1e-3 / (1 + step))
        pair = (torch.rand(1, 3, 32, 32, generator=numbers) * 2 - 1 for _ in range(2))
        z = step_noise(networks.generator, config, step, 0, 1, device)
        losses.append(make_step(*(to_device(each, device) for each in pair), z, step))
    return losses, [p.detach() for p in networks.generator.parameters()]


def by_hand(networks, config, device):
    return lambda real_a, real_b, z, step: train_step(networks, real_a, real_b, z, config, step)


def assert_alike(ours, theirs, tolerance: float) -> None:
    for mine, hers in zip(ours[0], theirs[0], strict=True):
        assert mine.keys() == hers.keys()
        for name in mine:
            torch.testing.assert_close(mine[name], hers[name], atol=tolerance, rtol=tolerance)
    for mine, hers in zip(ours[1], theirs[1], strict=True):
        torch.testing.assert_close(mine, hers, atol=tolerance, rtol=tolerance)


def test_steps_by_way_of_fixed_places_are_the_steps(tiny_config, monkeypatch):
    captured = without_a_gpu(monkeypatch)

    def as_on_a_gpu(networks, config, device):
        return stepper(networks, config, torch.device("cuda"))

    here = torch.device("cpu")
    assert_alike(trained(tiny_config, here, as_on_a_gpu), trained(tiny_config, here, by_hand), 0)
    noise = build_networks(tiny_config, here).generator.noise_shapes()
    pair, shift, *masks = captured[0][:2], *captured[0][2:]
    assert [tuple(given.shape[1:]) for given in pair] == [(3, 32, 32)] * 2
    assert tuple(shift.shape) == (2,) and [tuple(mask.shape[1:]) for mask in masks] == noise


@pytest.mark.parametrize("changes", [{"graph": False}, {"augment": True}])
def test_what_is_drawn_on_the_cpu_is_never_captured(tiny_config, monkeypatch, changes):
    captured, config = without_a_gpu(monkeypatch), replace(tiny_config, **changes)
    make_step = stepper(build_networks(config, torch.device("cpu")), config, torch.device("cuda"))
    x = torch.zeros(1, 3, 32, 32)
    assert all("G" in make_step(x, x, [], step) for step in range(STEPS))
    assert not captured


@needs_gpu
def test_captured_training_steps_are_the_steps(tiny_config):
    device = torch.device("cuda")
    assert_alike(trained(tiny_config, device, stepper), trained(tiny_config, device, by_hand), 1e-4)


@needs_gpu
def test_captured_pictures_are_the_pictures(shipped):
    """Beyond the warm-up; and noise that is off at one layer is another graph, not the old one's masks."""
    translator = Translator("facades", "cuda", "fp32")
    x = torch.rand(1, 3, 256, 256) * 2 - 1
    for layers in ((True, True, True), (True, False, True)):
        for seed in range(STEPS):
            z = translator.noise([seed], layers=layers)
            with torch.inference_mode():
                exact = translator.generator.decode(translator.generator.encode(x.to("cuda")), z)
            torch.testing.assert_close(translator.answer(x, z), exact, atol=1e-4, rtol=1e-4)
