"""Other programs' weights against reference networks written from the formats, and files that are wrong."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from pix2pix import checkpoints, cli
from pix2pix.examples import example_paths
from pix2pix.formats.pytorch_port import read_pytorch_port
from pix2pix.formats.tensorflow_port import read_tensorflow_port
from pix2pix.inference import Translator
from tools.reference_ports import (
    NGF,
    pict_file,
    pict_shapes,
    port,
    random_pict,
    reference_image,
    without_dropout,
)

ONE = 1 / 127.5  # a step of 8 bits in [-1, 1]


# --- The PyTorch port -----------------------------------------------------------------------------------


@pytest.mark.parametrize("norm", ["batch", "instance"])
@pytest.mark.parametrize("depth", [7, 8])
def test_the_pytorch_ports_generator_gives_the_same_image(depth, norm, tmp_path, monkeypatch):
    reference = port(depth, norm)
    state = reference.state_dict()
    if depth == 7:  # as DataParallel writes it, and an old torch
        state = {f"module.{n}": t for n, t in state.items() if not n.endswith("num_batches_tracked")}
    torch.save(state, tmp_path / "latest_net_G.pth")
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(tmp_path / "checkpoints"))
    assert cli.main(["import", str(tmp_path / "latest_net_G.pth"), "theirs"]) == 0
    assert checkpoints.available() == ["theirs"]

    side = 2**depth
    x = torch.rand(1, 3, side, side) * 2 - 1
    translator = Translator("theirs", "cpu", "fp32")
    with torch.no_grad():
        wanted = without_dropout(reference)(x)
    assert (translator.answer(x, []) - wanted).abs().max() < 2 * ONE
    assert wanted.std() > 0.1  # else anything would fit


def test_the_pytorch_ports_dropout_is_in_the_same_layers(tmp_path):
    """With our noise z as the port's dropout masks the images are equal."""
    reference = port(8, "batch")
    torch.save(reference.state_dict(), tmp_path / "latest_net_G.pth")
    generator = read_pytorch_port(tmp_path / "latest_net_G.pth").generator
    assert generator.noisy_layers == (1, 2, 3)
    z = generator.draw_noise([5])
    assert z[0] is None and [tuple(m.shape[1:]) for m in z[1:]] == generator.noise_shapes()
    masks = iter(z[1:])
    for module in [m for m in reference.modules() if isinstance(m, nn.Dropout)]:  # innermost first
        mask = next(masks)
        module.forward = lambda x, mask=mask: x * mask
    x = torch.rand(1, 3, 256, 256) * 2 - 1
    with torch.no_grad():
        assert (generator(x, z) - reference(x)).abs().max() < 1e-3


@pytest.mark.parametrize("norm", ["batch", "instance"])
@pytest.mark.parametrize("n_layers", [0, 3])
def test_the_pytorch_ports_discriminator_gives_the_same_scores(n_layers, norm, tmp_path):
    torch.manual_seed(1)
    batch = norm == "batch"
    normed = nn.BatchNorm2d if batch else nn.InstanceNorm2d
    if n_layers:
        widths = [6, *(NGF * min(2**k, 8) for k in range(n_layers + 1))]
        layers = [nn.Conv2d(6, NGF, 4, 2, 1), nn.LeakyReLU(0.2)]
        for k in range(1, n_layers + 1):
            conv = nn.Conv2d(widths[k], widths[k + 1], 4, 2 if k < n_layers else 1, 1, bias=not batch)
            layers += [conv, normed(widths[k + 1]), nn.LeakyReLU(0.2)]
        network = nn.ModuleDict({"model": nn.Sequential(*layers, nn.Conv2d(widths[-1], 1, 4, 1, 1))})
    else:
        middle = [nn.Conv2d(NGF, 2 * NGF, 1, bias=not batch), normed(2 * NGF), nn.LeakyReLU(0.2)]
        first = [nn.Conv2d(6, NGF, 1), nn.LeakyReLU(0.2)]
        network = nn.ModuleDict({"net": nn.Sequential(*first, *middle, nn.Conv2d(2 * NGF, 1, 1))})
    torch.save(port(8, norm).state_dict(), tmp_path / "G.pth")
    torch.save(network.state_dict(), tmp_path / "D.pth")
    found = read_pytorch_port(tmp_path / "G.pth", tmp_path / "D.pth").discriminator
    x = torch.rand(1, 6, 256, 256) * 2 - 1
    with torch.no_grad():
        theirs = next(iter(network.values()))(x)
        assert torch.allclose(found(x[:, :3], x[:, 3:]), theirs, atol=1e-4)
    assert found.n_layers == n_layers


# --- The TensorFlow port --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pict() -> tuple[dict[str, tuple[int, ...]], np.ndarray, np.ndarray]:
    return random_pict()


def test_the_tensorflow_ports_generator_gives_the_same_image(pict, tmp_path, monkeypatch):
    (tmp_path / "model.pict").write_bytes(pict_file(*pict))
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(tmp_path / "checkpoints"))
    assert cli.main(["import", str(tmp_path / "model.pict"), "theirs"]) == 0
    x = np.random.default_rng(1).uniform(-1, 1, (256, 256, 3))
    wanted = reference_image(*pict, x)
    real_a = torch.from_numpy(x.transpose(2, 0, 1)[None]).float()
    fake_b = Translator("theirs", "cpu", "fp32").answer(real_a, [])[0].numpy().transpose(1, 2, 0)
    assert np.abs(fake_b - wanted).max() < 2 * ONE
    assert wanted.std() > 0.1
    card = (tmp_path / "checkpoints" / "theirs" / "README.md").read_text(encoding="utf-8")
    assert "TensorFlow port" in card and "pix2pix import" in card


def test_the_format_has_the_weights_that_its_description_counts():
    """3,406,083 at ngf 16; 54,420,483 at ngf 64 (the description of the format)."""
    for ngf, total in ((16, 3_406_083), (64, 54_420_483)):
        scaled = [
            math.prod((*shape[:2], *(n if n == 3 else n * ngf // NGF for n in shape[2:])))
            if len(shape) == 4
            else (shape[0] if shape[0] == 3 else shape[0] * ngf // NGF)
            for shape in pict_shapes().values()
        ]
        assert sum(scaled) == total


# --- Files that are wrong -------------------------------------------------------------------------------


def one_line(capsys) -> str:
    told = capsys.readouterr().err
    assert told.startswith("pix2pix import: ") and told.count("\n") == 1 and "Traceback" not in told
    return told


@pytest.mark.parametrize(
    "damage, says",
    [
        (lambda b: b[:-1], "weights has"),
        (lambda b: b[:100], "truncated"),
        (lambda b: b"", "ends before its header"),
        (lambda b: b + b"x", "follow its end"),
        (lambda b: b.replace(b"encoder_8", b"encoder_9"), "unknown"),
        (lambda b: b.replace(b"[4, 4, 3, 4]", b"[4, 4, 3, 5]"), "weights; expected"),
        (lambda b: b"GIF89a" + b, "truncated, or not a .pict file"),
    ],
)  # fmt: skip
def test_a_pict_file_that_is_wrong_gets_one_line(damage, says, pict, tmp_path, capsys):
    path = tmp_path / "model.pict"
    path.write_bytes(damage(pict_file(*pict)))
    assert cli.main(["import", str(path), str(tmp_path / "out")]) == 2
    assert says in one_line(capsys)
    assert not (tmp_path / "out").exists()


def test_a_pth_file_that_is_wrong_gets_one_line(tmp_path, capsys):
    state = port(7, "batch").state_dict()
    whole = tmp_path / "whole.pth"
    torch.save(state, whole)
    first = next(iter(state))
    cases = {
        "truncated": (whole.read_bytes()[:5000], "not a whole file"),
        "text": (b"hello", "not a whole file"),
        "empty": (b"", "not a whole file"),
        "module": (nn.Linear(2, 2), "not a whole file"),  # a pickled module is code
        "list": ([1, 2], "no bare state_dict"),
        "other": ({"fc.weight": torch.ones(2, 2)}, "not a U-Net"),
        "more": (state | {"model.extra.weight": torch.ones(2)}, "model.extra.weight is not known"),
        "shape": (state | {"model.model.3.bias": torch.ones(5)}, "expected (3,)"),
        "nan": (state | {first: state[first] * math.nan}, "NaN"),
        "less": (
            {k: v for k, v in state.items() if k != "model.model.3.bias"},
            "3.bias is missing",
        ),
    }
    for name, (content, says) in cases.items():
        path = tmp_path / f"{name}.pth"
        path.write_bytes(content) if isinstance(content, bytes) else torch.save(content, path)
        assert cli.main(["import", str(path), str(tmp_path / "out")]) == 2, name
        assert says in one_line(capsys), name
        assert not (tmp_path / "out").exists()


def test_a_name_that_is_taken_or_no_name_is_refused(tmp_path, capsys):
    (tmp_path / "there").mkdir()
    torch.save(port(7, "batch").state_dict(), tmp_path / "G.pth")
    for name, says in ((str(tmp_path / "there"), "exists already"), ("a b", "expected letters")):
        assert cli.main(["import", str(tmp_path / "G.pth"), name]) == 2
        assert says in one_line(capsys)
    assert cli.main(["import", str(example_paths("facades")[0]), "x"]) == 2
    assert "expected latest_net_G.pth" in one_line(capsys)


def test_without_a_pict_file_the_reader_says_so(tmp_path):
    with pytest.raises(ValueError, match="No such file"):
        read_tensorflow_port(tmp_path / "none.pict")
