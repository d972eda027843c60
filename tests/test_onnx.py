"""A generator as an ONNX file, run by onnxruntime, against PyTorch."""

import numpy as np
import onnxruntime
import pytest
import torch
from conftest import save_checkpoint

from pix2pix import checkpoints, cli
from pix2pix.formats.foreign import Found, save_imported
from pix2pix.models.generator import UNetGenerator

ONE = 1 / 127.5  # a step of 8 bits in [-1, 1]


def both(folder, path, seeds):
    """(onnxruntime's, PyTorch's) images of random inputs, one a seed."""
    generator = checkpoints.load_generator(folder)
    torch.manual_seed(0)
    x = torch.rand(len(seeds), generator.down_convs[0].in_channels, *(generator.image_size,) * 2) * 2 - 1
    z = generator.draw_noise(seeds)
    given = {f"z{k}": z[level].numpy() for k, level in enumerate(generator.noisy_layers)}
    ran = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    with torch.no_grad():
        return ran.run(["fake_b"], {"real_a": x.numpy(), **given})[0], generator(x, z).numpy()


@pytest.mark.parametrize(
    "task, changes", [("facades", {}), ("gray2color", {}), ("facades", {"skips": False})]
)
def test_onnxruntime_gives_pytorchs_images(task, changes, tmp_path):
    folder = save_checkpoint(tmp_path, task, **changes)
    path = tmp_path / "out" / "generator.onnx"
    assert cli.main(["export", str(folder), str(path), "--onnx"]) == 0
    for seeds in ([3], [4, 5]):
        theirs, ours = both(folder, path, seeds)
        assert theirs.shape == ours.shape == (len(seeds), *ours.shape[1:])
        assert np.abs(theirs - ours).max() < ONE
    theirs_again, _ = both(folder, path, [6, 7])
    assert np.abs(theirs_again - theirs).max() > ONE  # the noise counts
    assert path.stat().st_size < 1.3 * (folder / "generator.safetensors").stat().st_size + 20_000


def test_an_imported_network_keeps_its_noisy_layers_and_its_float16_weights(tmp_path):
    torch.manual_seed(1)
    generator = UNetGenerator(ngf=4, image_size=64, noisy_layers=(1, 2))
    save_imported(Found("made up", generator), "theirs", tmp_path / "theirs")
    path = tmp_path / "theirs.onnx"
    assert cli.main(["export", str(tmp_path / "theirs"), str(path), "--onnx"]) == 0
    theirs, ours = both(tmp_path / "theirs", path, [1])
    assert np.abs(theirs - ours).max() < ONE
    assert path.stat().st_size < 1.3 * (tmp_path / "theirs" / "generator.safetensors").stat().st_size + 20_000


def test_another_suffix_is_refused_in_one_line(tmp_path, capsys):
    folder = save_checkpoint(tmp_path, "facades")
    assert cli.main(["export", str(folder), str(tmp_path / "out"), "--onnx"]) == 2
    told = capsys.readouterr().err
    assert "expected a file name that ends in .onnx" in told and told.count("\n") == 1
