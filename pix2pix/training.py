"""Training: one step of the adversarial game, and the run around it (paper §3.3).

`train_step` is the method; `fit` is the run: batches, schedule, saving, resuming, pictures, figures.
Everything random follows from the seed and the step's number, so a resumed run goes on bit for bit.
"""

import contextlib
import json
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from PIL import Image
from torch import Tensor, nn
from tqdm import tqdm

from pix2pix import checkpoints
from pix2pix.augmentation import augmenter
from pix2pix.config import HOW_IT_IS_COMPUTED, TrainConfig, input_output_kinds
from pix2pix.data import Pairs, load_pairs, prefetch, training_batch, validation_pair
from pix2pix.devices import autocast, keep_freed_memory, pick_device
from pix2pix.drawings import example_paths
from pix2pix.generator import Noise, UNetGenerator
from pix2pix.graphs import Captured
from pix2pix.images import (
    contact_sheet,
    image_to_input,
    input_to_rgb,
    keep_known,
    load_image,
    output_to_rgb,
    tensor_to_pil,
)
from pix2pix.losses import discriminator_loss, generator_loss, is_conditional, uses_gan
from pix2pix.tasks import base_task

LOG_EVERY = 100
STATE = "state.safetensors"


@dataclass
class Networks:
    """What is trained: both networks, their optimisers, and the averaged generator if there is one."""

    generator: UNetGenerator
    discriminator: nn.Module
    adam_g: "Adam"
    adam_d: "Adam"
    average: UNetGenerator | None = None
    steps_before: int = 0  # of the weights with which the run began


class Adam(torch.optim.Adam):
    """Fused Adam over a network whose weights lie channels-last.

    The kernel walks memory from end to end and first copies whatever lies otherwise, which took a quarter of
    a step on a CPU: it is given each weight as memory has it.
    """

    def __init__(self, network: nn.Module, learning_rate: float, betas: tuple[float, float]):
        self.parameters = list(network.parameters())
        on_gpu = self.parameters[0].is_cuda
        super().__init__(
            [in_memory_order(p.detach()) for p in self.parameters],
            # A captured graph reads the rate where it lies; a plain number would be captured for ever.
            torch.tensor(learning_rate, device=self.parameters[0].device) if on_gpu else learning_rate,
            betas,
            fused=True,
            capturable=on_gpu,
        )

    def set_rate(self, rate: float) -> None:
        for group in self.param_groups:
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(rate)
            else:
                group["lr"] = rate

    def step(self) -> None:
        for lying, parameter in zip(self.param_groups[0]["params"], self.parameters, strict=True):
            lying.grad = None if parameter.grad is None else in_memory_order(parameter.grad)
        super().step()

    def zero_grad(self) -> None:
        for parameter in self.parameters:
            parameter.grad = None


def in_memory_order(weight: Tensor) -> Tensor:
    """(D, C, H, W) → (D, H, W, C), contiguous for a channels-last weight; others as they are."""
    return weight.permute(0, 2, 3, 1) if weight.dim() == 4 else weight


def build_networks(config: TrainConfig, device: torch.device) -> Networks:
    """Fresh networks from the config's seed."""
    torch.manual_seed(config.seed)
    settings = checkpoints.model_settings(config)
    generator = checkpoints.build_generator(settings).to(device, memory_format=torch.channels_last)
    discriminator = checkpoints.build_discriminator(settings).to(device, memory_format=torch.channels_last)
    average = None
    if config.ema:
        average = checkpoints.build_generator(settings).to(device, memory_format=torch.channels_last)
        average.load_state_dict(generator.state_dict())
        average.requires_grad_(False)

    def adam(network: nn.Module) -> Adam:
        return Adam(network, config.learning_rate, (config.beta1, config.beta2))

    return Networks(generator, discriminator, adam(generator), adam(discriminator), average)


def start_from(networks: Networks, config: TrainConfig) -> None:
    """Fill fresh networks with a checkpoint's weights; a D that it has none of, or another one, stays fresh.

    Raises ValueError in one line where there is no such checkpoint, or its generator is of another shape.
    """
    folder = checkpoints.find(config.start_from)
    theirs, ours = checkpoints.load_settings(folder), checkpoints.model_settings(config)
    for name, wanted in ours["generator"].items():
        if (found := theirs["generator"][name]) != wanted and name != "dropout":
            raise ValueError(
                f"--start-from {config.start_from}: its generator has {name} {found}, this run's {wanted}"
            )
    networks.steps_before = checkpoints.steps_trained(theirs)
    weights = checkpoints.load_generator(folder).state_dict()
    for generator in filter(None, (networks.generator, networks.average)):
        generator.load_state_dict(weights)
    same = theirs["discriminator"] == ours["discriminator"]
    if same and (folder / "discriminator.safetensors").is_file():
        networks.discriminator.load_state_dict(checkpoints.load_discriminator(folder).state_dict())


def train_step(
    networks: Networks, real_a: Tensor, real_b: Tensor, z: Noise, config: TrainConfig, step: int = 0
) -> dict[str, Tensor]:
    """One step on D, then one on G. real_a, real_b: (N, C, S, S) in [-1, 1]; z: G's noise; step: its number.

    Returns the named parts of both losses, detached.
    """
    generator, discriminator = networks.generator, networks.discriminator
    seen_a = (real_a,) if is_conditional(config.objective) else ()  # what D sees beside the picture
    show = augmenter(config.augment, config.seed, step)  # mostly as it is
    losses: dict[str, Tensor] = {}

    with autocast(config.precision, real_a.device):
        fake_b = generator(real_a, z)
    if config.pairs == "holes":
        fake_b = keep_known(real_a, fake_b)  # D would tell a copy of the rest by its rounding alone

    if uses_gan(config.objective):
        discriminator.requires_grad_(True)
        with autocast(config.precision, real_a.device):
            real_logits = discriminator(*show(*seen_a, real_b))
            fake_logits = discriminator(*show(*seen_a, fake_b.detach()))
        parts = discriminator_loss(real_logits, fake_logits)  # halved, so that D learns slower than G
        networks.adam_d.zero_grad()
        parts["D"].backward()
        average_gradients(discriminator)
        networks.adam_d.step()
        losses |= parts

    fake_logits = None
    if uses_gan(config.objective):
        discriminator.requires_grad_(False)  # G's step needs the gradient through D, not of D
        with autocast(config.precision, real_a.device):
            fake_logits = discriminator(*show(*seen_a, fake_b))
    parts = generator_loss(fake_logits, fake_b, real_b, config.objective, config.lambda_l1)
    networks.adam_g.zero_grad()
    parts["G"].backward()
    average_gradients(generator)
    networks.adam_g.step()
    return {name: part.detach() for name, part in (losses | parts).items()}


def stepper(
    networks: Networks, config: TrainConfig, device: torch.device, world_size: int = 1
) -> Callable[[Tensor, Tensor, Noise, int], dict[str, Tensor]]:
    """`train_step` of these networks: (real_a, real_b, z, step's number) → losses; on a GPU a captured graph.

    --augment draws its numbers on the CPU, anew for every step, and processes wait for each other: no graph.
    """
    if device.type != "cuda" or not config.graph or config.augment or world_size > 1:
        return lambda real_a, real_b, z, step: train_step(networks, real_a, real_b, z, config, step)

    captured = Captured(lambda real_a, real_b, *z: train_step(networks, real_a, real_b, list(z), config))
    return lambda real_a, real_b, z, step: captured(real_a, real_b, *z)


def fit(config: TrainConfig) -> Path:
    """Train as the config says and return the run folder, which is a checkpoint too.

    Ctrl-C or SIGTERM: the step is finished, all is saved, and it returns. Raises ValueError for bad data or
    settings, FloatingPointError when a loss is no longer finite, OSError when the disk is full; the last good
    state stays on disk in each case.
    """
    if not config.out:
        raise ValueError("--out is missing; name the run folder, such as runs/facades")
    if config.threads:
        torch.set_num_threads(config.threads)
    keep_freed_memory()
    rank, world_size = start_processes(config)
    device = pick_device(config.device)
    out = Path(config.out)
    networks = build_networks(config, device)
    start = load_state(networks, out, config) if config.resume else 0
    if config.start_from and not config.resume:
        start_from(networks, config)
    if not config.resume and (out / STATE).exists():
        raise ValueError(f"{out} holds a run already; add --resume to go on with it, or name another --out")
    pairs = load_pairs(config, "train")
    validation = load_pairs(config, "val", limit=6)
    if config.batch_size % world_size:
        raise ValueError(
            f"--batch-size is {config.batch_size}; expected a multiple of {world_size} processes"
        )

    figures = Figures(out, start) if rank == 0 else None
    make_step = stepper(networks, config, device, world_size)
    batches = prefetch(
        lambda step: training_batch(pairs, config, step, rank, world_size), range(start, config.steps)
    )
    bar = tqdm(total=config.steps, initial=start, unit="step", disable=rank != 0, smoothing=0.02)
    sums: dict[str, Tensor] = {}
    summed = 0  # steps in the sums
    done, saved, began = start, start, time.perf_counter()
    with stop_on_signal() as stop:
        for step, (real_a, real_b) in zip(range(start, config.steps), batches, strict=False):
            rate = learning_rate(config, step)
            networks.adam_g.set_rate(rate)
            networks.adam_d.set_rate(rate)
            z = step_noise(networks.generator, config, step, rank, world_size, device)
            pair = to_device(real_a, device), to_device(real_b, device)
            losses = make_step(*pair, z, step * world_size + rank)
            done = step + 1
            if networks.average is not None:
                update_average(networks, config.ema, done)
            for name, value in losses.items():
                sums[name] = sums.get(name, 0) + value
            summed += 1
            # Reading a number from a GPU makes it wait; on a CPU it costs nothing.
            if (device.type == "cpu" or done % LOG_EVERY == 0) and not finite(sums):
                raise FloatingPointError(
                    f"step {done}: a loss is no longer finite; the state of step {saved} is kept in {out}"
                )
            bar.update()
            if done % LOG_EVERY == 0 or done == config.steps:
                means = {name: float(value) / summed for name, value in sums.items()}
                means = average_over_processes(means, world_size, device)
                sums, summed = {}, 0
                if figures:
                    figures.write(done, means, rate, (done - start) / (time.perf_counter() - began))
                    bar.set_postfix({k: f"{v:.3f}" for k, v in means.items() if k in ("D", "G_gan", "G_l1")})
            stopping = any_process(stop.is_set(), world_size, device)
            if rank == 0 and (done % config.save_every == 0 or done == config.steps or stopping):
                save_state(networks, done, config, out, figures.last if figures else {})
                saved = done
            if rank == 0 and (done % config.sample_every == 0 or done == config.steps):
                write_samples(networks, validation, config, out, done)
                figures.plot()
            if stopping:
                break
    bar.close()
    if rank == 0 and done < config.steps:
        print(f"stopped after step {done}; all is saved in {out}: go on with --resume")
    if world_size > 1:
        dist.destroy_process_group()
    return out


# --- The parts of a step ---------------------------------------------------------------------------------


def to_device(batch: Tensor, device: torch.device) -> Tensor:
    return batch.to(device, memory_format=torch.channels_last, non_blocking=True)


def step_noise(
    generator: UNetGenerator, config: TrainConfig, step: int, rank: int, world_size: int, device: torch.device
) -> Noise:
    """z for this process's part of step's batch: the same noise for a pair whichever process has it."""
    places = range(rank, config.batch_size, world_size)
    seeds = [int(np.random.SeedSequence((config.seed, step, i)).generate_state(1)[0]) for i in places]
    masks = generator.draw_noise(seeds)
    return [m if m is None else to_device(m, device) for m in masks]


def learning_rate(config: TrainConfig, step: int) -> float:
    """Constant for the first part of the run, then linear to 0."""
    part = step / config.steps
    if part < config.constant_part:
        return config.learning_rate
    return config.learning_rate * (1 - part) / max(1e-9, 1 - config.constant_part)


@torch.no_grad()
def update_average(networks: Networks, decay: float, done: int) -> None:
    """average ← decay·average + (1 - decay)·weights; a shorter memory while the run is young."""
    decay = min(decay, (1 + done) / (10 + done))
    averages, weights = list(networks.average.parameters()), list(networks.generator.parameters())
    torch._foreach_lerp_(averages, weights, 1 - decay)


def finite(sums: dict[str, Tensor]) -> bool:
    return bool(torch.isfinite(torch.stack([s.float() for s in sums.values()])).all())


# --- Several processes (torchrun) -------------------------------------------------------------------------


def start_processes(config: TrainConfig) -> tuple[int, int]:
    """(rank, world size): (0, 1) unless torchrun started this process."""
    import os

    world_size = int(os.environ.get("WORLD_SIZE", 1))
    if world_size == 1:
        return 0, 1
    if not dist.is_initialized():
        on_gpu = pick_device(config.device).type == "cuda"
        if on_gpu:
            torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", 0)))
        dist.init_process_group("nccl" if on_gpu else "gloo")
    return dist.get_rank(), world_size


def average_gradients(network: nn.Module) -> None:
    """The mean over processes of every gradient, in one message."""
    if not dist.is_initialized():
        return
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    flat = torch.cat([g.flatten() for g in gradients])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    for gradient, part in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
        gradient.copy_(part.view_as(gradient))


def average_over_processes(
    means: dict[str, float], world_size: int, device: torch.device
) -> dict[str, float]:
    if world_size == 1:
        return means
    values = torch.tensor(list(means.values()), device=device)
    dist.all_reduce(values)
    return dict(zip(means, (values / world_size).tolist(), strict=True))


def any_process(flag: bool, world_size: int, device: torch.device) -> bool:
    if world_size == 1:
        return flag
    value = torch.tensor(float(flag), device=device)
    dist.all_reduce(value)
    return bool(value > 0)


@contextlib.contextmanager
def stop_on_signal() -> Iterator:
    """An event that Ctrl-C or SIGTERM sets; a second Ctrl-C interrupts at once."""
    import threading

    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def ask(*_) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {s: signal.signal(s, ask) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# --- State ------------------------------------------------------------------------------------------------


def save_state(networks: Networks, done: int, config: TrainConfig, out: Path, losses: dict) -> None:
    """The whole run in one file, and beside it the checkpoint as it would be shipped."""
    tensors = {}
    for name, network in named_networks(networks):
        tensors |= {f"{name}/{key}": value for key, value in network.state_dict().items()}
    for name, adam in (("adam_g", networks.adam_g), ("adam_d", networks.adam_d)):
        for index, moments in adam.state_dict()["state"].items():
            tensors |= {f"{name}/{index}/{key}": value for key, value in moments.items()}
    tensors = {key: value.detach().cpu().contiguous() for key, value in tensors.items()}
    before = networks.steps_before
    metadata = {"step": str(done), "steps_before": str(before), "config": json.dumps(asdict(config))}
    checkpoints.write_tensors(tensors, out / STATE, metadata)
    shipped = networks.generator if networks.average is None else networks.average
    discriminator = networks.discriminator if uses_gan(config.objective) else None
    training = {"steps": done, "steps_before": before, "machine": machine(), "losses": losses}
    checkpoints.save(out, config, shipped, discriminator, training)


def named_networks(networks: Networks) -> list[tuple[str, nn.Module]]:
    found = [("generator", networks.generator), ("discriminator", networks.discriminator)]
    return found + ([("average", networks.average)] if networks.average is not None else [])


# What may change when a run goes on.
MAY_CHANGE = ("data", "out", "resume", *HOW_IT_IS_COMPUTED)


def load_state(networks: Networks, out: Path, config: TrainConfig) -> int:
    """Fill the networks from the run folder's state; returns the steps done. ValueError if it differs."""
    tensors, metadata = checkpoints.read_tensors(out / STATE)
    before = TrainConfig(**json.loads(metadata["config"]))
    same = {name: getattr(config, name) for name in MAY_CHANGE}
    if replace(before, **same) != config:
        changed = [k for k, v in asdict(replace(before, **same)).items() if v != getattr(config, k)]
        told = ", ".join(f"{k} was {getattr(before, k)} and is {getattr(config, k)}" for k in changed)
        raise ValueError(f"{out}: cannot go on with other settings: {told}")
    networks.steps_before = int(metadata.get("steps_before", 0))
    for name, network in named_networks(networks):
        part = {k.removeprefix(f"{name}/"): v for k, v in tensors.items() if k.startswith(f"{name}/")}
        network.load_state_dict(part)
    for name, adam in (("adam_g", networks.adam_g), ("adam_d", networks.adam_d)):
        state: dict[int, dict[str, Tensor]] = {}
        weights = adam.param_groups[0]["params"]
        for key, value in tensors.items():
            if key.startswith(f"{name}/"):
                _, index, moment = key.split("/")
                if value.dim():  # the fused Adam walks memory: moments must lie as their weights do
                    value = torch.empty_like(weights[int(index)]).copy_(value)
                state.setdefault(int(index), {})[moment] = value
        adam.load_state_dict({"state": state, "param_groups": adam.state_dict()["param_groups"]})
    return int(metadata["step"])


def machine() -> str:
    """What this runs on, for the model card."""
    if torch.cuda.is_available():
        return f"{torch.cuda.get_device_name()}, torch {torch.__version__}"
    return f"CPU, {torch.get_num_threads()} threads, torch {torch.__version__}"


# --- Figures and pictures ---------------------------------------------------------------------------------


class Figures:
    """Loss figures of a run: losses.jsonl, TensorBoard, and a plot."""

    def __init__(self, out: Path, start: int):
        out.mkdir(parents=True, exist_ok=True)
        self.path = out / "losses.jsonl"
        self.last: dict[str, float] = {}
        # A run that was killed wrote figures beyond its last state; they are written again.
        kept = [line for line in self.rows() if line["step"] <= start]
        checkpoints.write_text("".join(json.dumps(row) + "\n" for row in kept), self.path)
        try:
            from torch.utils.tensorboard import SummaryWriter

            self.board = SummaryWriter(str(out / "tensorboard"), purge_step=start + 1)
        except ImportError:  # fine: losses.jsonl has all of it
            self.board = None

    def rows(self) -> list[dict]:
        if not self.path.exists():
            return []
        rows = []
        for line in self.path.read_text().splitlines():
            with contextlib.suppress(json.JSONDecodeError):  # the last line of a killed run
                rows.append(json.loads(line))
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
        if self.board:
            for name, value in losses.items():
                self.board.add_scalar(f"loss/{name}", value, step)
            self.board.add_scalar("steps_per_second", steps_per_second, step)

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


@torch.no_grad()
def write_samples(networks: Networks, validation: Pairs, config: TrainConfig, out: Path, done: int) -> None:
    """samples/STEP.png: rows of validation pairs (input, answer, truth), then own drawings (input, answer).

    The own drawings' answers are kept as pictures of their own too, in replay/NAME/STEP.png.
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
        picture = answer(image_to_input(drawing, input_kind, config.crop_size), number)
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
    contact_sheet(rows, side=192).save(out / "samples" / f"{done:06d}.png")
