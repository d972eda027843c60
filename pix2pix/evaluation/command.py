"""python -m pix2pix evaluate: its arguments, and what it does. Imports what is heavy when it runs."""

import argparse
import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pix2pix.evaluation.evaluate import Options

COLORS = ("seed", "none", "own")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--task", nargs="+", default=[], metavar="NAME", help="tasks, by their shipped weights"
    )
    parser.add_argument(
        "--checkpoint",
        nargs="+",
        default=[],
        metavar="NAME",
        help="further checkpoints: names, folders (a run's too), or hf://owner/name",
    )
    parser.add_argument(
        "--data", required=True, help="folder of a task's pairs, or the one that holds all sets"
    )
    parser.add_argument("--json", metavar="FILE", help="also write the figures to this file")
    add_options(parser)


def add_options(parser: argparse.ArgumentParser) -> None:
    """What `evaluate` and the tables have in common."""
    parser.add_argument("--split", default="val", help="train or val")
    parser.add_argument("--count", type=int, help="measure only the first so many pairs")
    parser.add_argument("--samples", type=int, default=8, help="seeds a pair, for the diversity")
    parser.add_argument(
        "--features", default="", help="network of the feature distance: squeezenet1_0, or FILE.safetensors"
    )
    parser.add_argument(
        "--color",
        choices=COLORS,
        default="seed",
        help="wishes of checkpoints that know them: drawn by the seed, none, or the real picture's own",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument(
        "--precision", default="fp32", help="fp32 (alike on all machines), bf16, int8, or auto (the fastest)"
    )
    parser.add_argument("--threads", type=int, default=0, help="CPU threads; 0: torch's own choice")


def run(args: argparse.Namespace) -> None:
    """Measure, print, and write the JSON. Raises ValueError in one line for bad data or checkpoints."""
    names = list(dict.fromkeys([*args.task, *args.checkpoint]))
    if not names:
        raise ValueError("nothing to evaluate; give --task NAME ... or --checkpoint NAME ...")
    options = read_options(args)

    from pix2pix.evaluation.evaluate import evaluate
    from pix2pix.evaluation.report import as_text
    from pix2pix.files import write_text

    result = evaluate(names, args.data, options)
    print(as_text(result))
    if args.json:
        write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", Path(args.json))


def read_options(args: argparse.Namespace) -> "Options":
    """The arguments of `add_options`. ValueError in one line for one that cannot be had."""
    if args.split not in ("train", "val"):
        raise ValueError(f"--split is {args.split!r}; expected train or val")
    for name in ("count", "samples"):
        if getattr(args, name) is not None and getattr(args, name) < 1:
            raise ValueError(f"--{name} is {getattr(args, name)}; expected 1 or more")
    require("scipy", "skimage")
    from pix2pix.devices import set_threads
    from pix2pix.evaluation.evaluate import Options

    set_threads(args.threads)
    distance = feature_distance(args.features) if args.features else None
    return Options(args.split, args.count, args.samples, args.color, distance, args.device, args.precision)


def feature_distance(name: str) -> Callable[[Any, Any], float]:
    """The value of the perceptual loss without its random crop. ValueError says how to get the network."""
    import torch

    from pix2pix.models.features import load_features
    from pix2pix.training.perceptual import perceptual_distance

    network = load_features(name)

    def distance(fake_b: torch.Tensor, real_b: torch.Tensor) -> float:
        with torch.inference_mode():
            return float(perceptual_distance(network, fake_b, real_b))

    return distance


def require(*modules: str) -> None:
    """ValueError in one line where a module that evaluation needs is not installed."""
    for name in modules:
        try:
            import_module(name)
        except ModuleNotFoundError:
            needed = "pip install -r requirements-train.txt"
            raise ValueError(f"needs {name}, which is not installed; {needed}") from None
