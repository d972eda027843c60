"""What a run tells of itself: loss figures, their plot, and sample sheets."""

import contextlib
import json
import sys
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from pix2pix.color_wish import color_of_seed
from pix2pix.config import TrainConfig, input_output_kinds
from pix2pix.data.batches import validation_pair, with_wish
from pix2pix.data.sources import Pairs
from pix2pix.devices import autocast
from pix2pix.examples import example_paths
from pix2pix.files import write_text
from pix2pix.images import (
    contact_sheet,
    image_to_input,
    input_to_rgb,
    load_image,
    output_to_rgb,
    tensor_to_pil,
)
from pix2pix.tasks import base_task
from pix2pix.training.step import Networks, to_device


class Figures:
    """Loss figures of a run: losses.jsonl, and a plot of them."""

    def __init__(self, out: Path, start: int):
        out.mkdir(parents=True, exist_ok=True)
        self.path = out / "losses.jsonl"
        self.last: dict[str, float] = {}
        # A run that was killed wrote figures beyond its last state; they are written again.
        rows = self.rows()
        kept = [row for row in rows if row["step"] <= start]
        lines = len(self.path.read_text(encoding="utf-8", errors="replace").splitlines()) if rows else 0
        if lines > len(rows) + 1:  # a killed run leaves one half line
            print(f"{self.path}: {lines - len(rows)} lines are no loss figures; left out", file=sys.stderr)
        write_text("".join(json.dumps(row) + "\n" for row in kept), self.path)

    def rows(self) -> list[dict]:
        if not self.path.exists():
            return []
        rows = []
        for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines():
            with contextlib.suppress(ValueError, RecursionError):  # the last line of a killed run
                row = json.loads(line)
                if isinstance(row, dict) and all(
                    is_figure(value) for value in (row.get("step"), *row.values())
                ):
                    rows.append(row)
        return rows

    def write(self, step: int, losses: dict[str, float], rate: float, steps_per_second: float) -> None:
        self.last = {name: round(value, 5) for name, value in losses.items()}
        row = {
            "step": step,
            **self.last,
            "learning_rate": rate,
            "steps_per_second": round(steps_per_second, 3),
        }
        with open(self.path, "a") as file:
            file.write(json.dumps(row) + "\n")

    def plot(self) -> None:
        try:
            import matplotlib
        except ImportError:
            return
        matplotlib.use("Agg")
        from matplotlib import pyplot

        rows = self.rows()
        names = [name for name in ("D", "G_gan", "G_l1") if rows and name in rows[-1]]
        figure, axes = pyplot.subplots(
            1, max(1, len(names)), figsize=(4 * max(1, len(names)), 3), squeeze=False
        )
        for axis, name in zip(axes[0], names, strict=False):
            axis.plot([r["step"] for r in rows], [r.get(name) for r in rows], linewidth=0.8)
            axis.set_title(name)
            axis.set_xlabel("step")
        figure.tight_layout()
        figure.savefig(self.path.with_name("losses.png"), dpi=100)
        pyplot.close(figure)


def is_figure(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@torch.no_grad()
def write_samples(
    networks: Networks, validation: Pairs, config: TrainConfig, out: Path, done: int
) -> Image.Image:
    """samples/STEP.png: rows of validation pairs (input, answer, truth), then own drawings (input, answer).

    Returns the sheet. The own drawings' answers are kept as pictures of their own too, as
    replay/NAME/STEP.png.
    """
    generator = networks.generator if networks.average is None else networks.average
    input_kind, output_kind = input_output_kinds(config.pairs)
    device = next(generator.parameters()).device

    def answer(real_a: Tensor, seed: int) -> Image.Image:
        z = [to_device(m, device) for m in generator.draw_noise([seed])]
        with autocast(config.precision, device):
            fake_b = generator(to_device(real_a, device), z).float().cpu()
        return tensor_to_pil(output_to_rgb(real_a, fake_b, input_kind, output_kind))

    rows = []
    for which in range(len(validation)):
        real_a, real_b = validation_pair(validation, config, which)
        truth = tensor_to_pil(output_to_rgb(real_a, real_b, input_kind, output_kind))
        rows.append([tensor_to_pil(input_to_rgb(real_a, input_kind)), answer(real_a, which), truth])
    drawings = []
    for number, path in enumerate(example_paths(base_task(config.task))):
        drawing = load_image(path)
        real_a = image_to_input(drawing, input_kind, config.crop_size)
        if config.color_wish:  # as the page does where nobody wishes: the seed's color
            real_a = with_wish(real_a, color_of_seed(networks.colors, number))
        picture = answer(real_a, number)
        drawings.append((drawing, picture))
        replay = out / "replay" / path.stem / f"{done:06d}.png"
        replay.parent.mkdir(parents=True, exist_ok=True)
        picture.save(replay)
    # Pairs to the left, drawings to the right, two a row.
    for number, (drawing, picture) in enumerate(drawings[:24]):
        row = number // 2 if len(drawings) > 6 else number
        while len(rows) <= row:
            rows.append([Image.new("RGB", (1, 1), "white")] * 3)
        rows[row] = [*rows[row], drawing, picture]
    (out / "samples").mkdir(parents=True, exist_ok=True)
    sheet = contact_sheet(rows, side=192)
    sheet.save(out / "samples" / f"{done:06d}.png")
    return sheet
