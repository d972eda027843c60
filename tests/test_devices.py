"""Precision is decided by the processor's features: nothing that a busy moment could change."""

import ast
from pathlib import Path

import pytest
import torch

from pix2pix import devices
from pix2pix.inference import kernels
from pix2pix.inference.precision import resolve_precision

CPU = torch.device("cpu")


@pytest.mark.parametrize("module", [devices, kernels])
def test_no_clock_takes_part_in_the_choice(module):
    names = {
        node.id for node in ast.walk(ast.parse(Path(module.__file__).read_text())) if hasattr(node, "id")
    }
    assert not names & {"time", "timeit", "perf_counter"}


@pytest.mark.parametrize(
    ("features", "bf16", "int8"),
    [
        ((), False, False),
        (("vnni",), False, True),
        (("avx512_bf16",), True, False),
        (("amx_tile",), True, False),
    ],
)
def test_features_decide(features, bf16, int8, monkeypatch):
    monkeypatch.setattr(devices, "cpu_has", lambda name: name in features)
    monkeypatch.setattr(kernels, "cpu_has", lambda name: name in features)
    monkeypatch.setattr(kernels, "int8_is_right", lambda dtype: True)
    monkeypatch.setattr("pix2pix.inference.precision.int8_is_right", lambda dtype: True)
    name = "bf16" if bf16 else "fp32"
    assert resolve_precision("auto", CPU) == (f"int8+{name}" if int8 else name)
    assert resolve_precision("int8", CPU) == f"int8+{name}"
    for exact in devices.RESOLVED:
        assert resolve_precision(exact, CPU) == exact
    assert devices.training_precision("auto", CPU) == name


def test_another_processor_has_none_of_these_features(monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    assert not devices.cpu_has("vnni")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    assert not devices.cpu_has("no_such_feature")


def test_a_macs_gpu_is_used_where_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(ValueError, match="torch sees no Apple GPU here; use --device cpu"):
        devices.pick_device("mps")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert devices.pick_device("mps") == torch.device("mps")
    assert devices.pick_device("auto") == CPU
    with pytest.raises(ValueError, match="expected auto, cpu, cuda or mps"):
        devices.pick_device("tpu")
