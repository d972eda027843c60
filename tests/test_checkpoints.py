"""Checkpoints: there and back within the step of int8, strict, and never half written."""

import json

import pytest
import torch
from conftest import save_checkpoint
from safetensors import safe_open

from pix2pix import checkpoints
from pix2pix.models.generator import UNetGenerator


def test_round_trip_is_within_half_a_step(tmp_path):
    generator = UNetGenerator(ngf=4, image_size=32)
    back = UNetGenerator(ngf=4, image_size=32)
    checkpoints.unpack(checkpoints.pack(generator), back)
    for (name, before), after in zip(generator.named_parameters(), back.parameters(), strict=True):
        if before.dim() == 4:
            dim = 1 if name.startswith("up_convs") else 0
            step = before.abs().amax([d for d in range(4) if d != dim], keepdim=True) / 127
            assert ((before - after).abs() <= step / 2 + 1e-7).all(), name
        else:
            torch.testing.assert_close(before, after, atol=1e-3, rtol=1e-3)


def test_shipped_convolutions_are_int8(tmp_path):
    folder = save_checkpoint(tmp_path, "facades")
    with safe_open(folder / "generator.safetensors", "pt") as file:
        kinds = {name: file.get_tensor(name).dtype for name in file.keys()}  # noqa: SIM118
    convolutions = [name for name in kinds if "convs" in name and name.endswith("weight")]
    assert len(convolutions) == 16 and all(kinds[name] == torch.int8 for name in convolutions)
    assert {kind for name, kind in kinds.items() if name.endswith(".scale")} == {torch.float32}


def test_the_picture_is_the_same_within_the_promise(tmp_path):
    """int8 weights: the picture differs from float32's by less than 1.5/255 on average."""
    torch.manual_seed(0)
    generator, back = UNetGenerator(ngf=8, image_size=64), UNetGenerator(ngf=8, image_size=64)
    checkpoints.unpack(checkpoints.pack(generator), back)
    x, z = torch.rand(1, 3, 64, 64) * 2 - 1, generator.draw_noise([0])
    assert (generator(x, z) - back(x, z)).abs().mean() * 127.5 < 1.5


def test_missing_and_damaged_checkpoints_are_named(tmp_path, shipped):
    with pytest.raises(ValueError, match=r"no checkpoint 'fasades'; there are: .*facades"):
        checkpoints.find("fasades")
    folder = save_checkpoint(tmp_path, "facades")
    weights = folder / "generator.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"generator\.safetensors: not a whole safetensors file"):
        checkpoints.load_generator(folder)
    weights.write_bytes(whole)
    settings = json.loads((folder / "config.json").read_text())
    settings["generator"]["ngf"] = 8
    (folder / "config.json").write_text(json.dumps(settings))
    with pytest.raises(ValueError, match=r"tensors differ, first"):
        checkpoints.load_generator(folder)


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "weights.safetensors"
    checkpoints.write_tensors({"a": torch.ones(3)}, path)

    def full(tensors, target, metadata):
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoints, "save_file", full)
    with pytest.raises(OSError, match=r"No space left on device.*what was saved before is still there"):
        checkpoints.write_tensors({"a": torch.zeros(3)}, path)
    assert checkpoints.read_tensors(path)[0]["a"].tolist() == [1, 1, 1]
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_available_lists_what_has_weights(shipped):
    assert checkpoints.available() == ["cutout", "facades", "gray2color", "inpaint"]


def test_a_git_lfs_pointer_is_told_from_weights(tmp_path):
    folder = save_checkpoint(tmp_path, "facades")
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 14000000\n"
    (folder / "generator.safetensors").write_text(pointer)
    with pytest.raises(ValueError, match=r"generator\.safetensors: is a Git LFS pointer, .*git lfs pull"):
        checkpoints.load_generator(folder)


@pytest.mark.parametrize("lacking", ["config.json", "generator.safetensors"])
def test_a_file_that_a_checkpoint_lacks_is_named(tmp_path, lacking):
    folder = save_checkpoint(tmp_path, "facades")
    (folder / lacking).unlink()
    with pytest.raises(ValueError, match=rf"facades: is no whole checkpoint; {lacking} is missing"):
        checkpoints.find(folder)
