"""How long N dropout samples take against N single pictures, in one run.

    python benchmarks/samples.py [--checkpoint facades] [--count 16] [--threads 2]

Prints both times, their ratio, and how far apart the pictures are. Without a checkpoint of that name an
untrained generator of the same size is timed, which takes the same time.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pix2pix import checkpoints
from pix2pix.generator import UNetGenerator


def seconds_of(work: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Medians of a call's wall time and of the processor time it took, after one call to warm up.

    On a machine that is busy with other things the second is the steadier one.
    """
    work()
    wall, processor = [], []
    for _ in range(repeats):
        started, worked = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - started)
        processor.append(time.process_time() - worked)
    return median(wall), median(processor)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", default="facades", help="name or folder")
    parser.add_argument("--count", type=int, default=16, help="samples (default: 16)")
    parser.add_argument("--repeats", type=int, default=5, help="timed runs; the median counts (default: 5)")
    parser.add_argument("--threads", type=int, default=0, help="CPU threads of torch; 0: its own choice")
    parser.add_argument("--ngf", type=int, default=32, help="width without a checkpoint (default: 32)")
    given = parser.parse_args()
    if given.threads:
        torch.set_num_threads(given.threads)
    try:
        folder = checkpoints.find(given.checkpoint)
        generator, name = checkpoints.load_generator(folder), folder.name
    except ValueError:
        generator, name = UNetGenerator(ngf=given.ngf), f"untrained, ngf {given.ngf}"
    generator.to(memory_format=torch.channels_last)
    side = generator.image_size
    x = torch.rand(1, generator.down_convs[0].in_channels, side, side) * 2 - 1
    x = x.contiguous(memory_format=torch.channels_last)
    seeds = list(range(given.count))
    each = [generator.draw_noise([seed]) for seed in seeds]
    together = generator.draw_noise(seeds)

    def one_by_one() -> torch.Tensor:
        return torch.cat([generator(x, z) for z in each])

    def at_once() -> torch.Tensor:
        return generator.decode_many(generator.encode(x), together)

    with torch.inference_mode():
        apart = (one_by_one() - at_once()).abs().max().item()
        single, many = seconds_of(one_by_one, given.repeats), seconds_of(at_once, given.repeats)
    print(f"{name}, {side}×{side}, {torch.get_num_threads()} threads, median of {given.repeats}")
    print("                    wall time   processor time")
    print(f"{given.count} single pictures  {single[0]:7.3f} s   {single[1]:7.3f} s")
    print(f"{given.count} samples at once  {many[0]:7.3f} s   {many[1]:7.3f} s")
    print(f"ratio               {many[0] / single[0]:7.2f}     {many[1] / single[1]:7.2f}")
    print(f"largest difference   {apart:.1e} (pictures in -1 … 1)")


if __name__ == "__main__":
    main()
