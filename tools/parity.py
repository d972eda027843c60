"""Parity of every import and export, printed and written into docs/formats.md: `python -m tools.parity`.

Each row is the largest difference at any pixel of one image, in steps of 8 bits: between the other program's
network and ours after the import, or between ours and the exported file.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from pix2pix import checkpoints
from pix2pix.examples import example_paths
from pix2pix.files import replace_section
from pix2pix.formats.foreign import Found, save_imported
from pix2pix.formats.onnx_file import export_onnx
from pix2pix.formats.pytorch_port import read_pytorch_port
from pix2pix.formats.tensorflow_port import read_tensorflow_port
from pix2pix.images import load_image
from tools.reference_ports import pict_file, port, random_pict, reference_image, without_dropout
from tools.web_parity import web_difference

STEP = 1 / 127.5  # of 8 bits in [-1, 1]
FORMATS = Path(__file__).resolve().parent.parent / "docs" / "formats.md"


def random_image(side: int, channels: int = 3) -> torch.Tensor:
    return torch.rand(1, channels, side, side, generator=torch.Generator().manual_seed(1)) * 2 - 1


def imported(found: Found, folder: Path, x: torch.Tensor) -> np.ndarray:
    """The image of a network after it was saved as a checkpoint and loaded again."""
    save_imported(found, folder.name, folder)
    with torch.no_grad():
        return checkpoints.load_generator(folder)(x, []).numpy()


def rows(folder: Path) -> Iterator[tuple[str, float]]:
    """(what, largest difference in steps of 8 bits)."""
    for depth in (8, 7):
        for norm in ("batch", "instance"):
            reference = port(depth, norm)
            path = folder / f"{depth}-{norm}.pth"
            torch.save(reference.state_dict(), path)
            x = random_image(2**depth)
            ours = imported(read_pytorch_port(path), folder / f"{depth}-{norm}", x)
            with torch.no_grad():
                theirs = without_dropout(reference)(x).numpy()
            yield f"import: PyTorch port, unet_{2**depth}, {norm} norm", np.abs(ours - theirs).max() / STEP

    parts = random_pict()
    path = folder / "model.pict"
    path.write_bytes(pict_file(*parts))
    x = random_image(256)
    theirs = reference_image(*parts, x[0].permute(1, 2, 0).double().numpy()).transpose(2, 0, 1)
    ours = imported(read_tensorflow_port(path), folder / "pict", x)[0]
    yield "import: TensorFlow port, .pict", np.abs(ours - theirs).max() / STEP

    yield (
        "export: ONNX, the imported .pict, three seeds",
        onnx_difference(folder / "pict", folder / "pict.onnx"),
    )
    if "facades" in checkpoints.available():
        shipped = checkpoints.find("facades")
        yield "export: ONNX, facades, three seeds", onnx_difference(shipped, folder / "facades.onnx")
    if "edges2cats" in checkpoints.available():
        drawing = load_image(example_paths("edges2cats")[0])
        found = web_difference("edges2cats", drawing, [1, 2, 3], folder / "page")
        yield "export-web: edges2cats in Chromium (WebAssembly), whole steps, three seeds", found


def onnx_difference(checkpoint: Path, path: Path) -> float:
    """Largest difference of onnxruntime's images from PyTorch's, in steps of 8 bits."""
    import onnxruntime

    export_onnx(checkpoint, path)
    generator = checkpoints.load_generator(checkpoint)
    channels = generator.down_convs[0].weight.shape[1]  # a color wish has its own
    x = random_image(generator.image_size, channels).repeat(3, 1, 1, 1)
    z = generator.draw_noise([1, 2, 3])
    masks = {f"z{k}": z[level].numpy() for k, level in enumerate(generator.noisy_layers)}
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    with torch.no_grad():
        ours = generator(x, z).numpy()
    return float(np.abs(session.run(["fake_b"], {"real_a": x.numpy(), **masks})[0] - ours).max() / STEP)


def main() -> None:
    lines = ["| | largest difference, of 255 |", "|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        for what, difference in rows(Path(folder)):
            lines.append(f"| {what} | {difference:.4f} |")
            print(lines[-1], flush=True)
    replace_section(FORMATS, "parity", "\n".join(lines))


if __name__ == "__main__":
    main()
