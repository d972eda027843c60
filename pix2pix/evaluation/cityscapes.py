"""The scorer of Cityscapes (paper §4.1, tables 1 to 3 and 6): DeepLab, trained on the real Cityscapes photos.

The paper used FCN-8s; this is DeepLab on MobileNet-EdgeTPU in 8 bits, from the test data of Google's Coral.
It runs on LiteRT, an extra: pip install ai-edge-litert.

    python -m pix2pix.evaluation.cityscapes --data DIR

measures it on real photos and writes its card. Knows nothing about generators.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from tqdm import tqdm

from pix2pix.checkpoints import SHIPPED
from pix2pix.config import TrainConfig
from pix2pix.data.label_rules import CITYSCAPES_PALETTE
from pix2pix.data.sources import load_pairs
from pix2pix.evaluation.metrics import fcn_score, score_interval
from pix2pix.evaluation.paper import OBJECTIVES, REAL
from pix2pix.evaluation.scorer import Scorer
from pix2pix.files import write_text

FOLDER = SHIPPED / "segmenter-cityscapes"
WEIGHTS = "deeplab.tflite"
CLASSES = 19  # train ids 0 to 18, the first of the palette; the others are void and not scored
SIDE = 513  # pixels of the network's input
HEIGHT = 257  # pixels of a street scene in it, at 2:1; the rest is gray, 0 to the network


class CityscapesNetwork:
    """Photo → train ids. Raises ValueError in one line where LiteRT or the weights are missing."""

    def __init__(self, path: Path = FOLDER / WEIGHTS, threads: int = 1):
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as error:
            raise ValueError(f"the scorer needs LiteRT ({error}); pip install ai-edge-litert") from None
        if not path.is_file():
            raise ValueError(f"{path}: no such file; it comes with the repository")
        self.interpreter = Interpreter(str(path), num_threads=threads)
        self.interpreter.allocate_tensors()
        self.input = self.interpreter.get_input_details()[0]["index"]
        self.output = self.interpreter.get_output_details()[0]["index"]

    def predict(self, photo: np.ndarray, rows: int = HEIGHT) -> np.ndarray:
        """uint8 (H, W, 3), a street scene squeezed into a square → int64 (H, W), 0 to 18.

        It is shown at its true shape, 2:1, as the paper's own script does: pairs are squares, but the network
        knows cars that are longer than they are high. rows: of the network's input that the photo takes; SIDE
        leaves it squeezed.
        """
        height, width = photo.shape[:2]
        page = Image.new("RGB", (SIDE, SIDE), (128, 128, 128))
        top = (SIDE - rows) // 2
        page.paste(Image.fromarray(photo).resize((SIDE, rows), Image.Resampling.BICUBIC), (0, top))
        self.interpreter.set_tensor(self.input, np.asarray(page)[None])
        self.interpreter.invoke()
        found = self.interpreter.get_tensor(self.output)[0, top : top + rows].astype(np.uint8)
        return np.asarray(Image.fromarray(found).resize((width, height), Image.Resampling.NEAREST)).astype(
            int
        )


def cityscapes_scorer(path: Path = FOLDER / WEIGHTS) -> Scorer:
    """The 19 classes of Cityscapes. Without LiteRT it still reads label maps, and says what is missing."""
    try:
        predict, missing = CityscapesNetwork(path).predict, ""
    except ValueError as error:
        predict, missing = None, str(error)
    return Scorer(
        "Cityscapes", CITYSCAPES_PALETTE[:CLASSES], predict, missing, void=CITYSCAPES_PALETTE[CLASSES:]
    )


# --- The scorer's own figures ----------------------------------------------------------------------------


def measure(data: str, split: str = "val") -> dict[str, Any]:
    """What real photos score: the three measures with 95 % intervals, and the IoU of each class.

    Also what they score when they are shown squeezed, which is why they are not.
    """
    network, scorer = CityscapesNetwork(), cityscapes_scorer()
    pairs = load_pairs(TrainConfig(task="cityscapes", data=data, load_size=256), split)
    confusions, squeezed = [], []
    for name, photo, colors in zip(pairs.names, pairs.a, tqdm(pairs.b, "real photos"), strict=True):
        truth = scorer.truth(colors, name)
        confusions.append(scorer.confusion(truth, network.predict(photo)))
        squeezed.append(scorer.confusion(truth, network.predict(photo, rows=SIDE)))
    total = sum(confusions, np.zeros((1, 1), np.int64))
    union = total.sum(0) + total.sum(1) - np.diag(total)
    names = [name for name, _ in scorer.palette]
    iou = {n: int(total[i, i]) / int(union[i]) if total[i].any() else None for i, n in enumerate(names)}
    interval = score_interval(np.stack(confusions))
    return {
        **{"photos": len(pairs), "split": split},
        **fcn_score(total),
        **{"interval": interval, "iou": iou, "squeezed": fcn_score(sum(squeezed, np.zeros((1, 1))))},
    }


def card(figures: dict[str, Any]) -> str:
    """README.md of the scorer's folder."""
    rows, titles = [], {"pixel_accuracy": "per-pixel accuracy", "class_accuracy": "per-class accuracy"}
    for measure, title in (titles | {"class_iou": "class IoU"}).items():
        low, high = figures["interval"][measure]
        squeezed = figures["squeezed"][measure]
        rows.append(f"| {title} | {figures[measure]:.3f} | {low:.3f} … {high:.3f} | {squeezed:.3f} |")
    classes = ", ".join(
        f"{name} {value:.2f}" if value is not None else f"{name} –" for name, value in figures["iou"].items()
    )
    paper = " · ".join(
        f"{figure:.2f}" for row in OBJECTIVES if row.checkpoint == REAL for figure in row.figures or ()
    )
    return CARD.format(
        **{"weights": WEIGHTS, "side": SIDE, "height": HEIGHT, "last": CLASSES - 1, "paper": paper},
        **{"photos": figures["photos"], "split": figures["split"]},
        rows="\n".join(rows),
        classes=classes,
    )


CARD = """# segmenter-cityscapes: the scorer of street scenes

Reads the 19 classes of Cityscapes out of a photo, so that generated street scenes can be scored as the \
paper does (§4.1). It was trained on real photos alone and is not a generator.

`{weights}` is DeepLab on MobileNet-EdgeTPU (slim), in 8 bits: \
`deeplab_mobilenet_edgetpu_slim_cityscapes_quant.tflite` of \
[google-coral/test_data](https://github.com/google-coral/test_data), unchanged, under the Apache License 2.0 \
(`LICENSE`). It runs with `pip install ai-edge-litert`; without it, everything but the FCN-score is measured.

Input: {side}×{side}, uint8 RGB. A pair's square photo is shown at its true shape, {side}×{height} on gray; \
the paper's script enlarges images to the label map's shape, too. Output: train ids 0 to {last}. Label maps \
are read from their JPEG colors, nearest palette entry; what is void in Cityscapes is not scored.

On {photos} real photos ({split}), with 95 % bootstrap intervals over the photos, written by \
`python -m pix2pix.evaluation.cityscapes`:

| | real photos | interval | shown squeezed into the square |
|---|---|---|---|
{rows}

IoU by class: {classes}.

The paper's FCN-8s scores real photos at {paper}. The two networks differ, so compare orders and gaps with \
the paper's, not figures.
"""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m pix2pix.evaluation.cityscapes", description=__doc__)
    parser.add_argument("--data", required=True, help="folder of Cityscapes pairs, photo left, labels right")
    parser.add_argument("--split", default="val", help="train or val")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder for figures.json and README.md")
    given = parser.parse_args(arguments)
    try:
        figures = measure(given.data, given.split)
        write_text(json.dumps(figures, indent=2) + "\n", given.out / "figures.json")
        write_text(card(figures), given.out / "README.md")
    except (ValueError, OSError) as error:
        print(f"cityscapes: {error}", file=sys.stderr)
        return 2
    print(f"wrote {given.out / 'README.md'} from {figures['photos']} photos")
    return 0


if __name__ == "__main__":
    sys.exit(main())
