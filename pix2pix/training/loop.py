"""The run around the steps: batches, schedule, saving, resuming, pictures, figures.

Everything random follows from the seed and the step's number, so a resumed run goes on bit for bit.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor
from tqdm import tqdm

from pix2pix.color_wish import kept_colors
from pix2pix.config import TrainConfig
from pix2pix.data.batches import prefetch, reading_ahead, training_batch
from pix2pix.data.sources import find_sources, load_pairs
from pix2pix.devices import keep_freed_memory, pick_device, set_threads
from pix2pix.files import only_here, remove_left_behind
from pix2pix.training.board import Board
from pix2pix.training.distributed import any_process, average_over_processes, start_processes
from pix2pix.training.logging import Figures, write_samples
from pix2pix.training.monitor import Monitor, gradient_norm, look
from pix2pix.training.resume import (
    check_new_run,
    learning_rate,
    resuming_notes,
    saved_config,
)
from pix2pix.training.snapshots import check_snapshots, save_snapshot
from pix2pix.training.state import load_state, recorded_precision, save_state, start_from
from pix2pix.training.step import Networks, build_networks, step_noise, stepper, to_device, update_average

LOG_EVERY = 100
IMPATIENT = 1.0  # seconds between two Ctrl-C that are two


def fit(config: TrainConfig) -> Path:
    """Train as the config says and return the run folder, which is a checkpoint too.

    Ctrl-C or SIGTERM: the step is finished, all is saved, and it returns. Raises ValueError for bad data or
    settings and where another process trains in the folder, FloatingPointError when a loss is no longer
    finite, OSError when the disk is full; the last good state stays on disk in each case.
    """
    if not config.out:
        raise ValueError("--out is missing; name the run folder, such as runs/facades")
    out = Path(config.out)
    before = saved_config(out) if config.resume else config
    if not config.resume:
        check_new_run(config)
    first = os.environ.get("RANK", "0") == "0"
    with only_here(out) if first else contextlib.nullcontext():
        return run(config, before)


def run(config: TrainConfig, before: TrainConfig) -> Path:
    """`fit`, in a folder that is this run's alone. before: the settings with which it was saved."""
    set_threads(config.threads)
    out = Path(config.out)
    keep_freed_memory()
    rank, world_size = start_processes(config)
    device = pick_device(config.device)
    remove_left_behind(out)
    config = recorded_precision(config, before, device)
    networks = build_networks(config, device)
    start = load_state(networks, out, config) if config.resume else 0
    if config.resume and rank == 0:
        check_snapshots(config, out, start)
        print(*resuming_notes(before, config, start), sep="\n", file=sys.stderr)
    if config.resume and start == config.steps:
        return out
    if config.start_from and not config.resume:
        start_from(networks, config)
    find_sources(config, "val", limit=6)  # what is wrong there is told before all is read
    pairs = load_pairs(config, "train")
    networks.colors = kept_colors(pairs.colors)
    validation = load_pairs(config, "val", limit=6)
    if config.batch_size % world_size:
        raise ValueError(
            f"--batch-size is {config.batch_size}; expected a multiple of {world_size} processes"
        )

    figures = Figures(out, start) if rank == 0 else None
    board, monitor = Board(out, start, config) if rank == 0 else None, Monitor()
    make_step = stepper(networks, config, device, world_size)
    batches = prefetch(
        lambda step: training_batch(pairs, config, step, rank, world_size), range(start, config.steps)
    )
    bar = tqdm(total=config.steps, initial=start, unit="step", disable=rank != 0, smoothing=0.02)
    sums: dict[str, Tensor] = {}
    if figures and start in config.snapshot_steps:
        save_snapshot(networks, start, config, out, figures.last)
    summed = 0  # steps in the sums
    done, saved, began = start, start, time.perf_counter()
    reading = reading_ahead(pairs, config, range(start, config.steps), rank, world_size)
    with stop_on_signal() as stop, reading:
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
                if figures and board:
                    speed = (done - start) / (time.perf_counter() - began)
                    figures.write(done, means, rate, speed)
                    scores, made, real = look(networks, *pair, z, config)
                    board.scalars(done, plotted(networks, means, rate, speed, done, config))
                    board.histograms(done, scores)
                    for line in monitor.observe(means, made, real, LOG_EVERY):
                        bar.write(line, file=sys.stderr)
                        board.note(done, line)
                    bar.set_postfix({k: f"{v:.3f}" for k, v in means.items() if k in ("D", "G_gan", "G_l1")})
            if figures and done in config.snapshot_steps:
                save_snapshot(networks, done, config, out, figures.last)
            stopping = any_process(stop.is_set(), world_size, device)
            if rank == 0 and (done % config.save_every == 0 or done == config.steps or stopping):
                save_state(networks, done, config, out, figures.last if figures else {})
                saved = done
            if figures and (done % config.sample_every == 0 or done == config.steps):
                sheet = write_samples(networks, validation, config, out, done)
                figures.plot()
                if board:
                    board.sheet(done, np.asarray(sheet))
            if stopping:
                break
    bar.close()
    if board:
        board.close()
    if rank == 0 and done < config.steps:
        print(f"stopped after step {done}; all is saved in {out}: go on with --resume")
    if world_size > 1:
        dist.destroy_process_group()
    return out


def plotted(
    networks: Networks, losses: dict[str, float], rate: float, speed: float, done: int, config: TrainConfig
) -> dict[str, float]:
    """The scalars of the plots. rate: the learning rate. speed: steps a second."""
    return {
        **{f"loss/{name}": value for name, value in losses.items()},
        "gradient norm/G": gradient_norm(networks.generator),
        "gradient norm/D": gradient_norm(networks.discriminator),
        "run/learning rate": rate,
        "run/images per second": speed * config.batch_size,
        "run/minutes left": (config.steps - done) / speed / 60,
    }


def finite(sums: dict[str, Tensor]) -> bool:
    return bool(torch.isfinite(torch.stack([s.float() for s in sums.values()])).all())


@contextlib.contextmanager
def stop_on_signal() -> Iterator:
    """An event that Ctrl-C or SIGTERM sets.

    A Ctrl-C a second or more after that interrupts at once; a signal that comes twice, as from a terminal and
    from whatever started this process, and any further SIGTERM, must not lose the save under way.
    """
    stop = threading.Event()
    asked = time.monotonic()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def ask(number: int, _: object) -> None:
        nonlocal asked
        if not stop.is_set():
            asked = time.monotonic()
            stop.set()
        elif number == signal.SIGINT and time.monotonic() - asked > IMPATIENT:
            raise KeyboardInterrupt

    before = {s: signal.signal(s, ask) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
