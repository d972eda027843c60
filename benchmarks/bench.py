"""Speed against a plain reference, in one run: `python -m pix2pix bench` (its arguments: `pix2pix/cli.py`).

Ours and `benchmarks/plain.py` take turns in one process, so what else the machine does falls on both; a row
is the medians, and their ratio. Where torch sees a GPU the training step is timed there too. ONNX Runtime and
OpenVINO join in where they are installed.
"""

import argparse
import contextlib
import copy
import functools
import importlib.util
import json
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import numpy as np
import torch
from PIL import Image
from torch import nn

from benchmarks.machine import describe_machine, packed_elsewhere, roofline
from pix2pix import checkpoints
from pix2pix.config import TrainConfig
from pix2pix.devices import set_threads
from pix2pix.examples import example_paths
from pix2pix.files import replace_section, write_text
from pix2pix.inference import Translator
from pix2pix.training.step import build_networks, step_noise, stepper, to_device

PLAIN = Path(__file__).resolve().with_name("plain.py")
SIDE = 256
SAMPLES = 16
ADAM_MOVES = 7 * 4  # bytes a weight: float32 weight, gradient and two moments are read, all but one written


@dataclass
class Row:
    """name; milliseconds of each turn; and what is known of them (roofline_ms, difference …)."""

    name: str
    ours: list[float]
    plain: list[float]
    more: dict[str, float | str] = field(default_factory=dict)

    def summary(self) -> dict:
        """Medians in milliseconds, half the distance of the quartiles as spread, and plain over ours."""
        found = {"name": self.name}
        medians = {}
        for who, turns in (("ours", self.ours), ("plain", self.plain)):
            if turns:
                low, medians[who], high = np.percentile(turns, [25, 50, 75])
                found |= {f"{who}_ms": round(medians[who], 2), f"{who}_spread": round((high - low) / 2, 2)}
        if len(medians) == 2:
            found["ratio"] = round(medians["plain"] / medians["ours"], 2)
        return found | self.more


def run(given: argparse.Namespace) -> None:
    """The command: every row, printed as it is measured; --json and --write keep them."""
    plain = load_plain()
    set_threads(given.threads)
    if given.turns < 1:
        raise ValueError(f"--turns is {given.turns}; expected 1 or more")
    machine = describe_machine()
    print(", ".join(f"{key} {value}" for key, value in machine.items()))
    rows: list[dict] = []
    growth: list[dict] = []
    with tempfile.TemporaryDirectory() as folder:
        for row in every_row(plain, Path(folder), given, machine):
            rows.append(row.summary())
            print(as_table(rows[-1:], header=len(rows) == 1), end="", flush=True)
        if not given.quick:
            print("\nGrowth")
            for row in every_growth(Path(folder), given):
                growth.append(row.summary())
                print(as_growth(growth[-1:], header=len(growth) == 1), end="", flush=True)
    if given.json:
        found = {"rows": rows, "growth": growth, "machine": machine}
        write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", given.json)
    if given.write:
        replace_section(given.write, "bench", as_document(rows, growth, machine))


# --- Rows ------------------------------------------------------------------------------------------------


def every_row(plain: ModuleType, folder: Path, given: argparse.Namespace, machine: dict):
    """The rows of the table, one after the other."""
    widths = (8,) if given.quick else (64, 32)
    for ngf in widths:
        yield from inference_rows(plain, folder, ngf, given.turns, machine)
    for ngf in widths[::-1]:
        yield training_row(plain, ngf, torch.device("cpu"), given.turns, machine)
    if torch.cuda.is_available():
        for ngf in widths:
            yield training_row(plain, ngf, torch.device("cuda"), given.turns * 4, machine)


def inference_rows(plain: ModuleType, folder: Path, ngf: int, turns: int, machine: dict):
    """Picture to picture: `translate`, sixteen samples, and other runtimes where there are any."""
    name = f"ngf {ngf}"
    translator, reference = the_same_network(plain, folder, ngf)
    picture = drawing()
    ours = np.asarray(translator.translate(picture, seed=None), np.float32)
    theirs = np.asarray(plain.translate(reference, picture, noise=False), np.float32)
    difference = {"difference": round(float(np.abs(ours - theirs).mean()), 3)}
    row = take_turns(
        f"translate, {name}",
        lambda: translator.translate(picture),
        lambda: plain.translate(reference, picture),
        turns,
    )
    generator = packed_elsewhere(ngf)
    picture_in = torch.zeros(1, 3, SIDE, SIDE, device="meta")
    weights = sum(p.numel() for p in reference.parameters()) * getattr(torch, machine["type"]).itemsize
    one = roofline(lambda: generator(picture_in, []), "gmac_per_s", weights, machine)
    row.more = difference | {"roofline_ms": one}
    yield row
    for runtime, start in RUNTIMES.items() if ngf >= 32 else ():
        with contextlib.suppress(ImportError):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what exporters say of their own future
                other = start(reference)
            yield take_turns(
                f"translate, {name}: ours against {runtime}",
                lambda: translator.translate(picture),
                lambda other=other: plain.to_image(torch.from_numpy(other(plain.to_tensor(picture).numpy()))),
                turns,
            )
    seeds = list(range(SAMPLES))
    few = max(3, turns // 3)
    row = take_turns(
        f"sample{SAMPLES}, {name}",
        lambda: translator.sample(picture, seeds),
        lambda: [plain.translate(reference, picture) for _ in seeds],
        few,
    )
    z = [mask.to("meta") for mask in generator.draw_noise(seeds)]
    many = roofline(
        lambda: generator.decode_many(generator.encode(picture_in), z), "gmac_per_s", weights, machine
    )
    row.more = {"roofline_ms": many}
    yield row
    yield take_turns(
        f"sample{SAMPLES} against {SAMPLES} × our own translate, {name}",
        lambda: translator.sample(picture, seeds),
        lambda: [translator.translate(picture, seed) for seed in seeds],
        few,
    )


def training_row(plain: ModuleType, ngf: int, device: torch.device, turns: int, machine: dict) -> Row:
    """One step on D and one on G at batch 1."""
    reference, critic = plain.Generator(ngf).to(device), plain.discriminator(ngf).to(device)
    adams = [torch.optim.Adam(net.parameters(), 2e-4, (0.5, 0.999)) for net in (reference, critic)]
    x, y = (torch.rand(1, 3, SIDE, SIDE, device=device) * 2 - 1 for _ in range(2))
    where = "" if device.type == "cpu" else ", CUDA"
    step = training_step(TrainConfig(ngf=ngf, ndf=ngf), device)
    row = take_turns(
        f"train_step{where}, ngf {ngf}",
        step,
        lambda: plain.train_step(reference, critic, *adams, x, y),
        turns,
        device,
    )
    if device.type == "cpu":
        weights = sum(p.numel() for net in (reference, critic) for p in net.parameters())
        row.more = {
            "roofline_ms": roofline(step, "training_gmac_per_s", ADAM_MOVES * weights, machine, after=True)
        }
    return row


def every_growth(folder: Path, given: argparse.Namespace):
    """How our own time grows: with the size of the picture, the number of samples, the training batch."""
    few = max(3, given.turns // 3)
    for side in (256, 512, 1024):
        translate = functools.partial(untrained(folder, ngf=32, side=side).translate, drawing(side))
        yield take_turns(f"translate, {side}×{side}", translate, None, few)
    sample = functools.partial(untrained(folder, ngf=32, side=SIDE).sample, drawing())
    for count in (1, 4, 9, 16, 36):
        yield take_turns(f"{count} samples", functools.partial(sample, list(range(count))), None, few)
    for size in (1, 2, 4, 8):
        step = training_step(TrainConfig(ngf=32, ndf=32, batch_size=size), torch.device("cpu"))
        yield take_turns(f"train_step, batch {size}", step, None, few)


def training_step(config: TrainConfig, device: torch.device) -> Callable[[], None]:
    """A step of `train.py` on fresh networks, with one batch again and again."""
    networks = build_networks(config, device)
    make_step = stepper(networks, config, device)
    torch.manual_seed(0)
    shape = (config.batch_size, 3, SIDE, SIDE)
    real_a, real_b = (to_device(torch.rand(shape) * 2 - 1, device) for _ in range(2))

    def step() -> None:
        z = step_noise(networks.generator, config, 0, 0, 1, device)
        make_step(real_a, real_b, z, 0)

    return step


# --- Other runtimes: extras of this benchmark, no requirements --------------------------------------------


def with_onnx(reference: nn.Module) -> Callable[[np.ndarray], np.ndarray]:
    import onnxruntime

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "generator.onnx"
        example = (torch.zeros(1, 3, SIDE, SIDE),)
        torch.onnx.export(without_noise(reference), example, path, input_names=["x"], dynamo=False)
        options = onnxruntime.SessionOptions()
        # Its threads would go on spinning through our turn.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        session = onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    return lambda x: session.run(None, {"x": x})[0]


def with_openvino(reference: nn.Module) -> Callable[[np.ndarray], np.ndarray]:
    import openvino

    model = openvino.convert_model(without_noise(reference), example_input=torch.zeros(1, 3, SIDE, SIDE))
    compiled = openvino.compile_model(model, "CPU", {"PERFORMANCE_HINT": "LATENCY"})
    return lambda x: next(iter(compiled(x).values()))


def without_noise(reference: nn.Module) -> nn.Module:
    """As exporters take it: no dropout, and instance norm, the same thing at batch 1."""

    class Quiet(nn.Module):
        def __init__(self):
            super().__init__()
            self.generator = copy.deepcopy(reference)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.generator(x, False)

    quiet = Quiet()
    for norms in (quiet.generator.down_norms, quiet.generator.up_norms):
        for level, norm in enumerate(norms):
            if isinstance(norm, nn.BatchNorm2d):
                norms[level] = nn.InstanceNorm2d(norm.num_features, affine=True)
                norms[level].load_state_dict(norm.state_dict())
    return quiet.eval()


RUNTIMES = {"ONNX Runtime": with_onnx, "OpenVINO": with_openvino}


# --- Tools -------------------------------------------------------------------------------------------------


def take_turns(
    name: str,
    ours: Callable[[], object],
    plain: Callable[[], object] | None,
    turns: int,
    device: torch.device | None = None,
) -> Row:
    """Milliseconds of both, turn by turn; two turns each to warm up."""

    def timed(work: Callable[[], object]) -> float:
        started = time.perf_counter()
        work()
        if device is not None and device.type == "cuda":
            torch.cuda.synchronize(device)
        return 1000 * (time.perf_counter() - started)

    row = Row(name, [], [])
    for turn in range(turns + 2):
        for work, times in ((ours, row.ours), (plain, row.plain)):
            if work is not None:
                took = timed(work)
                if turn >= 2:
                    times.append(took)
    return row


def load_plain() -> ModuleType:
    spec = importlib.util.spec_from_file_location("plain", PLAIN)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def untrained(folder: Path, ngf: int, side: int) -> Translator:
    """A translator of that size; weights from seed 0, int8 as shipped ones are."""
    config = TrainConfig(ngf=ngf, ndf=8, crop_size=side, load_size=side)
    target = folder / f"{ngf}-{side}"
    if not target.exists():
        networks = build_networks(config, torch.device("cpu"))
        checkpoints.save(target, config, networks.generator, networks.discriminator)
    return Translator(target, "cpu")


def the_same_network(plain: ModuleType, folder: Path, ngf: int) -> tuple[Translator, nn.Module]:
    """Ours and the plain one with the same weights: the shipped façades' where the width is theirs."""
    translator = untrained(folder, ngf, SIDE)
    with contextlib.suppress(ValueError):
        shipped = checkpoints.find("facades-patch70")
        if checkpoints.load_settings(shipped)["generator"]["ngf"] == ngf:
            translator = Translator(shipped, "cpu")
    reference = plain.Generator(ngf)
    reference.load_state_dict(checkpoints.load_generator(translator.folder).state_dict())
    return translator, reference.requires_grad_(False)


def drawing(side: int = SIDE) -> Image.Image:
    """A façade of the project's own, or stripes where its examples are not there."""
    paths = example_paths("facades")
    return Image.open(paths[0]).convert("RGB").resize((side, side), Image.Resampling.NEAREST)


def as_table(rows: list[dict], header: bool = True) -> str:
    text = "| | ours, ms | other, ms | ratio | roofline bound, ms | difference, of 255 |\n" if header else ""
    text += "|---|---|---|---|---|---|\n" if header else ""
    for row in rows:
        ours, plain = (f"{row[f'{who}_ms']} ± {row[f'{who}_spread']}" for who in ("ours", "plain"))
        known = [str(row.get(key, "")) for key in ("roofline_ms", "difference")]
        text += " | ".join(["", row["name"], ours, plain, f"**{row['ratio']}**", *known, ""]).strip() + "\n"
    return text


def as_growth(rows: list[dict], header: bool = True) -> str:
    text = "| | ours, ms |\n|---|---|\n" if header else ""
    for row in rows:
        text += f"| {row['name']} | {row['ours_ms']} ± {row['ours_spread']} |\n"
    return text


def as_document(rows: list[dict], growth: list[dict], machine: dict) -> str:
    """Both tables, under a line about the machine."""
    about = ", ".join(
        f"{key.replace('_per_', '/').replace('_', ' ')} {value}" for key, value in machine.items()
    )
    return f"{about}\n\n{as_table(rows)}\n{as_growth(growth)}"
