"""python -m pix2pix evaluate: its arguments, and the table it prints. Imports what is heavy when it runs."""

import argparse
import json
from pathlib import Path
from typing import Any

COLUMNS = ("pixel_accuracy", "class_accuracy", "class_iou")
NO_SCORER = (
    "no scorer is trained, so FCN-scores are left out (python -m pix2pix.evaluation.segmenter --data DIR)"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--checkpoint", nargs="+", required=True, metavar="NAME", help="checkpoints, or folders"
    )
    parser.add_argument("--data", required=True, help="folder of façade pairs, photo left, labels right")
    parser.add_argument("--split", default="val", help="train or val")
    parser.add_argument("--json", metavar="FILE", help="write the figures here, too")


def run(args: argparse.Namespace) -> None:
    """Score, print, and write the JSON. Raises ValueError in one line for bad data or checkpoints."""
    from pix2pix.evaluation.evaluate import evaluate
    from pix2pix.files import write_text

    result = evaluate(args.checkpoint, args.data, args.split)
    print(as_text(result))
    if args.json:
        write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", Path(args.json))


def as_text(result: dict[str, Any]) -> str:
    """The figures of `evaluate` as lines of a terminal."""
    head = "pixel  class  IoU   |  L     a     b    |  L1     PSNR   SSIM   σ"
    rows = [("", head), ("real photos", _fcn(result["real"]))]
    rows.append(("colours alone", _fcn(result["real"]["colours_alone"])))
    for name, figures in result["checkpoints"].items():
        histogram = "  ".join(f"{figures['histogram'][channel]:.2f}" for channel in ("L", "a", "b"))
        psnr = f"{figures['psnr']:5.2f}" if figures["psnr"] is not None else "  inf"
        rest = f"{figures['l1']:.3f}  {psnr}  {figures['ssim']:.3f}  {figures['diversity']:.2f}"
        rows.append((name, f"{_fcn(figures)} |  {histogram} |  {rest}"))
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:{width}}  {text}" for name, text in rows]
    return "\n".join(lines + ([NO_SCORER] if result["real"]["pixel_accuracy"] is None else []))


def _fcn(figures: dict[str, Any]) -> str:
    return "  ".join("–    " if figures[c] is None else f"{figures[c]:.3f}" for c in COLUMNS)
