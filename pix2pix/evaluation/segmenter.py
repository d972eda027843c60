"""Trains the scorer of façades on real photos alone: python -m pix2pix.evaluation.segmenter --data DIR.

The network is `segmenter_network.py`'s. Knows nothing about generators.
"""

import argparse
import json
import shutil
import sys
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from pix2pix.checkpoint_schema import read_config
from pix2pix.checkpoints import read_tensors, write_tensors
from pix2pix.config import TrainConfig
from pix2pix.data.batches import random_for
from pix2pix.data.sources import load_pairs
from pix2pix.devices import autocast, pick_device, set_threads
from pix2pix.evaluation.color_baseline import FILE as BASELINE
from pix2pix.evaluation.color_baseline import ColorHistogramSegmenter
from pix2pix.evaluation.labels import color_labels, read_labels
from pix2pix.evaluation.metrics import confusion_matrix, fcn_score
from pix2pix.evaluation.segmenter_network import WEIGHTS, SegmentationUNet, load_segmenter, save_segmenter
from pix2pix.files import write_text
from pix2pix.images import array_to_tensor, contact_sheet
from pix2pix.tasks import FACADE_PALETTE

STATE = "state.safetensors"
NOT_SCORED = -100  # torch's own 'ignore' for labels: what lies outside of a jittered photo
SIDE = 256


# --- Training ------------------------------------------------------------------------------------------


def read_photos(data: str, split: str) -> tuple[list[np.ndarray], list[np.ndarray], list[str]]:
    """(photos uint8 (256, 256, 3), class numbers int64 (256, 256), names) of side-by-side façade pairs."""
    pairs = load_pairs(TrainConfig(task="facades", data=data, load_size=SIDE, crop_size=SIDE), split)
    labels = [read_labels(b, FACADE_PALETTE, name) for name, b in zip(pairs.names, pairs.b, strict=True)]
    return list(pairs.a), labels, pairs.names


def shrink(photo: np.ndarray, labels: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Photo (S, S, 3) by the mean, class numbers (S, S) by the nearest, to `side`, a divisor of S."""
    step = photo.shape[0] // side
    means = photo.reshape(side, step, side, step, 3).mean((1, 3)).round().astype(np.uint8)
    return means, labels[step // 2 :: step, step // 2 :: step]


def jitter(photo: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Random scale, place and mirror for both; random exposure and tint for the photo.

    → (1, 3, S, S) in [-1, 1] and (1, S, S) class numbers, NOT_SCORED outside of the photo; S is the photo's.
    """
    scale, mirror = rng.uniform(0.75, 1.15), rng.choice((-1.0, 1.0))
    room = abs(1 - scale) + 0.05
    shift_x, shift_y = rng.uniform(-room, room, 2)
    theta = torch.tensor([[[mirror * scale, 0, shift_x], [0, scale, shift_y]]], dtype=torch.float32)
    grid = F.affine_grid(theta, [1, 1, *labels.shape], align_corners=False)
    x = F.grid_sample(array_to_tensor(photo), grid, padding_mode="reflection", align_corners=False)
    # Plus one, so that the zeros outside become a class number that is none.
    target = torch.from_numpy(labels + 1)[None, None].float()
    y = F.grid_sample(target, grid, mode="nearest", align_corners=False)[0].long() - 1
    x = x * torch.tensor(rng.uniform(0.7, 1.3) * rng.uniform(0.9, 1.1, (1, 3, 1, 1)), dtype=torch.float32)
    x = x + float(rng.uniform(-0.25, 0.25))
    gray = x.mean(1, keepdim=True)
    x = gray + (x - gray) * float(rng.uniform(0.3, 1.4))
    return x.clamp(-1, 1), y.masked_fill(y < 0, NOT_SCORED)


def batch(
    photos: list[np.ndarray], labels: list[np.ndarray], size: int, seed: int, step: int
) -> tuple[Tensor, Tensor]:
    """The batch of a step, a pure function of the seed and the step's number."""
    parts = []
    for index in range(size):
        epoch, offset = divmod(step * size + index, len(photos))
        which = np.random.default_rng((seed, epoch)).permutation(len(photos))[offset]
        parts.append(jitter(photos[which], labels[which], random_for(seed, step, index)))
    return torch.cat([x for x, _ in parts]), torch.cat([y for _, y in parts])


def class_weights(labels: list[np.ndarray], classes: int) -> Tensor:
    """Rare classes count more, by the fourth root of how rare they are; the mean over pixels is 1.

    The square root would have doors and pillars painted over walls; without weights nobody sees a door.
    """
    part = np.bincount(np.concatenate([one.ravel() for one in labels]), minlength=classes) / (
        len(labels) * labels[0].size
    )
    weights = part.clip(1e-4) ** -0.25
    return torch.tensor(weights / (weights * part).sum(), dtype=torch.float32)


def train(given: argparse.Namespace) -> None:
    """Train on the training split and write the scorer to given.out, resumable at any saved step."""
    set_threads(given.threads)
    out, device, classes = Path(given.out), pick_device(given.device), len(FACADE_PALETTE)
    photos, labels, _ = read_photos(given.data, "train")
    baseline = ColorHistogramSegmenter(classes)
    for photo, classed in zip(photos, labels, strict=True):
        baseline.add(photo, classed)
    small = [shrink(photo, classed, given.side) for photo, classed in zip(photos, labels, strict=True)]
    photos, labels = [photo for photo, _ in small], [classed for _, classed in small]
    torch.manual_seed(given.seed)
    widths = tuple(given.widths)
    network = SegmentationUNet(classes, widths).to(device, memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), 2e-3, weight_decay=1e-3)
    start = 0
    if given.resume and (out / STATE).is_file():
        start = _resume(out / STATE, network, optimiser)
    settings = {
        "classes": classes,
        "widths": list(widths),
        "side": given.side,
        "trained_on": f"{len(photos)} real façade photos, training split",
        "seed": given.seed,
        "batch_size": given.batch_size,
    }
    weights = class_weights(labels, classes).to(device)
    began, recent = time.monotonic(), []
    for step in tqdm(range(start, given.steps), "scorer", initial=start, total=given.steps, unit="step"):
        for group in optimiser.param_groups:  # a short climb, then half a cosine down to 0
            group["lr"] = 2e-3 * min(1, (step + 1) / 50) * (1 + np.cos(np.pi * step / given.steps)) / 2
        x, y = batch(photos, labels, given.batch_size, given.seed, step)
        x = x.to(device, memory_format=torch.channels_last)
        network.train()
        with autocast("auto", device):
            logits = network(x)
        loss = F.cross_entropy(logits.float(), y.to(device), weights, ignore_index=NOT_SCORED)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        recent.append(loss.item())
        if (step + 1) % 50 == 0 or step + 1 == given.steps:
            print(
                f"step {step + 1}: loss {np.mean(recent[-50:]):.3f}, {time.monotonic() - began:.0f} s",
                flush=True,
            )
            _save(out, network, optimiser, {**settings, "steps": step + 1}, step + 1)
            baseline.save(out)
    check(given.data, out)


def check(data: str, folder: Path) -> dict[str, dict[str, float]]:
    """The scorer and the color-only baseline on the validation photos; a sheet of predicted labels."""
    photos, labels, _ = read_photos(data, "val")
    segmenter, baseline = load_segmenter(folder), ColorHistogramSegmenter.load(folder)
    matrices = {
        name: np.zeros((segmenter.classes,) * 2, np.int64) for name in ("scorer", "color-only baseline")
    }
    rows = []
    for number, (photo, truth) in enumerate(zip(photos, labels, strict=True)):
        found = segmenter.predict(array_to_tensor(photo))
        matrices["scorer"] += confusion_matrix(truth, found, segmenter.classes)
        matrices["color-only baseline"] += confusion_matrix(truth, baseline.predict(photo), segmenter.classes)
        if number % max(1, len(photos) // 8) == 0:
            shown = [photo, color_labels(found, FACADE_PALETTE), color_labels(truth, FACADE_PALETTE)]
            rows.append([Image.fromarray(picture.astype(np.uint8)) for picture in shown])
    contact_sheet(rows).save(folder / "predicted.png")
    scores = {name: fcn_score(matrix) for name, matrix in matrices.items()}
    for name, score in scores.items():
        print(f"{name}: " + ", ".join(f"{measure} {value:.3f}" for measure, value in score.items()))
    scorer = scores["scorer"] | {"photos": len(photos), "colours_alone": scores["color-only baseline"]}
    settings = read_config(folder / "config.json") | {"validation": scorer}
    write_text(json.dumps(settings, indent=2, ensure_ascii=False) + "\n", folder / "config.json")
    return scores


def ship(run: Path, folder: Path) -> None:
    """Copy a checked scorer from its run folder, without the training state, and write its card."""
    if not (run / WEIGHTS).is_file() or "validation" not in read_config(run / "config.json"):
        raise ValueError(f"{run}: no scorer that was trained to its end and measured (--check does that)")
    folder.mkdir(parents=True, exist_ok=True)
    for name in (WEIGHTS, BASELINE, "config.json"):
        shutil.copyfile(run / name, folder / name)
    write_text(card(read_config(run / "config.json")), folder / "README.md")


def card(settings: dict) -> str:
    """The scorer's model card, from its config.json."""
    scorer, baseline = settings["validation"], settings["validation"]["colours_alone"]
    rows = [
        f"| {name} | {scorer[name]:.3f} | {baseline[name]:.3f} |"
        for name in ("pixel_accuracy", "class_accuracy", "class_iou")
    ]
    return "\n".join(
        [
            "# segmenter: the scorer of the FCN-score",
            "",
            "Reads the twelve CMP façade classes out of a photo, so that generated photos can be scored as "
            "the paper does (§4.1). Not a generator, and too weak to be used for anything else.",
            "",
            f"Trained by `python -m pix2pix.evaluation.segmenter` on {settings['trained_on']}: "
            f"{settings['steps']} steps of {settings['batch_size']}, seed {settings['seed']}; a U-Net of "
            f"widths {', '.join(map(str, settings['widths']))} that sees photos at {settings['side']} pixels "
            "a side. The weights are those of the last step; validation photos chose nothing."
            + (f" {settings['note']}" if "note" in settings else ""),
            "",
            f"On {scorer['photos']} validation photos, next to the color-only baseline, a class guessed from "
            "each pixel's color (`colour-histogram.safetensors`, counted on the same training photos):",
            "",
            "| | scorer | color-only baseline |",
            "|---|---|---|",
            *rows,
            "",
            "Data: CMP façades (Tyleček & Šára 2013), for research; no explicit licence found. Use: research "
            "and teaching.",
            "",
        ]
    )


def _save(out: Path, network: nn.Module, optimiser: torch.optim.Optimizer, settings: dict, done: int) -> None:
    tensors = {f"network.{name}": tensor for name, tensor in network.state_dict().items()}
    for number, kept in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{number}.{name}": tensor for name, tensor in kept.items()}
    write_tensors({k: t.cpu().contiguous() for k, t in tensors.items()}, out / STATE, {"done": str(done)})
    save_segmenter(out, network, settings)


def _resume(path: Path, network: nn.Module, optimiser: torch.optim.Optimizer) -> int:
    tensors, metadata = read_tensors(path)
    network.load_state_dict({k.removeprefix("network."): t for k, t in tensors.items() if k[0] == "n"})
    content = optimiser.state_dict()
    for key, tensor in tensors.items():
        if key.startswith("optimiser."):
            _, number, name = key.split(".")
            content["state"].setdefault(int(number), {})[name] = tensor
    optimiser.load_state_dict(content)
    return int(metadata["done"])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        "python -m pix2pix.evaluation.segmenter", description="Train the scorer."
    )
    parser.add_argument("--data", required=True, help="folder of façade pairs, photo left, labels right")
    parser.add_argument("--out", default="runs/segmenter", help="folder to write")
    parser.add_argument("--steps", type=int, default=1800)
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--widths", type=int, nargs="+", default=[16, 32, 64, 128, 192])
    parser.add_argument("--side", type=int, default=256, choices=(64, 128, 256), help="photos are shrunk to")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument("--threads", type=int, default=0, help="CPU threads; 0: torch's own choice")
    parser.add_argument("--resume", action="store_true", help="go on from the state in --out")
    parser.add_argument("--check", action="store_true", help="only measure the scorer in --out")
    parser.add_argument("--ship", metavar="FOLDER", help="copy the scorer here at the end, with its card")
    given = parser.parse_args(arguments)
    try:
        check(given.data, Path(given.out)) if given.check else train(given)
        if given.ship:
            ship(Path(given.out), Path(given.ship))
    except (ValueError, OSError) as error:
        print(f"segmenter: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
