"""How well the picture follows the pen: drives the studio in Chromium through one drawing and times it.

    python benchmarks/live.py [--task edges2cats] [--checkpoints FOLDER] [--rounds 3]

Prints how long a first visitor takes from opening the page to a finished cat, pictures a second while the
pen moves, and ms from pointer-up to the last picture (p50, p95); next to them the forward pass as the server
timed it while this was going on, and alone, before the browser was started. Starts a server and a browser of
its own; everything on this machine's CPU.
"""

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
# The browser and server helpers live with the tests, their main user.
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

# A cat in ten strokes as a right hand draws it; shares of the sheet. Closed shapes come back to their start.
CAT = (
    ((0.5, 0.3), (0.3, 0.34), (0.2, 0.52), (0.24, 0.72), (0.4, 0.85), (0.6, 0.85), (0.76, 0.72), (0.8, 0.52),
     (0.7, 0.34), (0.5, 0.3)),
    ((0.25, 0.4), (0.24, 0.25), (0.27, 0.12), (0.36, 0.22), (0.42, 0.31)),
    ((0.58, 0.31), (0.64, 0.22), (0.73, 0.12), (0.76, 0.25), (0.75, 0.4)),
    ((0.4, 0.47), (0.35, 0.45), (0.31, 0.49), (0.35, 0.53), (0.4, 0.51), (0.4, 0.47)),
    ((0.6, 0.47), (0.65, 0.45), (0.69, 0.49), (0.65, 0.53), (0.6, 0.51), (0.6, 0.47)),
    ((0.46, 0.62), (0.54, 0.62), (0.5, 0.67), (0.46, 0.62)),
    ((0.5, 0.67), (0.48, 0.74), (0.4, 0.73)),
    ((0.5, 0.67), (0.52, 0.74), (0.6, 0.73)),
    ((0.36, 0.66), (0.22, 0.63), (0.08, 0.62)),
    ((0.64, 0.66), (0.78, 0.63), (0.92, 0.62)),
)  # fmt: skip
SPEED = 1.1
"""Sheets a second: a quick but unhurried hand."""

REPORTS = 60
"""Pointer positions a second, as a mouse reports them to a page."""

REST = 0.6
"""Seconds between strokes, when the hand moves to the next one."""

# Notes the time of every picture and of every pen-down and pen-up, inside the page.
CLOCK = """() => {
    const studio = document.querySelector(".studio");
    window.clock = [];
    const note = (what) => window.clock.push([what, performance.now(), Number(studio.dataset.forward)]);
    new MutationObserver(() => note("picture")).observe(studio, { attributeFilter: ["data-pictures"] });
    document.addEventListener("pointerdown", () => note("down"), true);
    document.addEventListener("pointerup", () => note("up"), true);
}"""


def hand_path(points: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    """Positions along one stroke, one for each report, slow at both ends as hands are (minimum jerk)."""
    corners = np.array(points)
    lengths = np.concatenate([[0], np.cumsum([np.hypot(*(b - a)) for a, b in pairwise(corners)])])
    count = max(6, round(lengths[-1] / SPEED * REPORTS))
    share = np.linspace(0, 1, count)
    along = lengths[-1] * (10 * share**3 - 15 * share**4 + 6 * share**5)
    return [
        (float(np.interp(s, lengths, corners[:, 0])), float(np.interp(s, lengths, corners[:, 1])))
        for s in along
    ]


def draw_cat(visitor) -> list[tuple[str, float, float]]:
    """Draw once; returns what the page's clock noted: ("down" | "up" | "picture", at ms, forward pass ms)."""
    visitor.page.evaluate("window.clock.length = 0")
    for stroke in CAT:
        path = hand_path(stroke)
        visitor.down(*path[0])
        due = time.perf_counter()
        for x, y in path[1:]:
            due += 1 / REPORTS
            time.sleep(max(0, due - time.perf_counter()))
            visitor.move(x, y)
        visitor.up()
        time.sleep(REST)
    visitor.page.wait_for_selector(".studio[data-settled=true]")
    return [tuple(note) for note in visitor.page.evaluate("window.clock")]


def read_clock(notes: list[tuple[str, float, float]]) -> tuple[float, list[float]]:
    """→ pictures a second while the pen was down; ms from each pen-up to the last picture after it."""
    drawn, pen_down, delays = 0, 0.0, []
    down_at = up_at = last = None
    for what, at, _ in [*notes, ("down", notes[-1][1], 0.0)]:
        if what == "down":
            if up_at is not None and last is not None:
                delays.append(last - up_at)
            down_at, up_at, last = at, None, None
        elif what == "up":
            pen_down += at - down_at
            down_at, up_at = None, at
        elif down_at is not None:
            drawn += 1
        elif up_at is not None:
            last = at
    return 1000 * drawn / pen_down, delays


def bare_forward(task: str, passes: int = 30) -> list[float]:
    """Milliseconds of `Translator.translate` alone, after three passes to warm up.

    In one thread that has torch for itself, as in the server (see pix2pix/ui/request_queue.py).
    """
    from pix2pix.devices import keep_freed_memory
    from pix2pix.images import load_image
    from pix2pix.inference import Translator
    from pix2pix.ui.tiles import examples_of

    drawing = load_image(examples_of(task)[0])
    keep_freed_memory()

    def time_passes() -> list[float]:
        translator = Translator(task)
        times = []
        for _ in range(passes + 3):
            started = time.perf_counter()
            translator.translate(drawing, seed=0)
            times.append(1000 * (time.perf_counter() - started))
        return times[3:]

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(time_passes).result()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--task", default="edges2cats", help="a task with weights")
    parser.add_argument(
        "--checkpoints", type=Path, help="folder of checkpoint folders, if not the shipped ones"
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often the cat is drawn")
    arguments = parser.parse_args()
    if arguments.checkpoints:
        os.environ["PIX2PIX_CHECKPOINTS"] = str(arguments.checkpoints.resolve())

    from browser import DESKTOP, FLAGS, find_chromium, running_studio, visiting
    from playwright.sync_api import sync_playwright

    forward = bare_forward(arguments.task)
    rates, delays, inside = [], [], []
    with (
        tempfile.TemporaryDirectory() as folder,
        running_studio(Path(folder), None) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        opened = time.perf_counter()
        with visiting(browser, url, DESKTOP) as visitor:
            visitor.page.evaluate(CLOCK)
            visitor.press("clear")
            draw_cat(visitor)
            first_cat = time.perf_counter() - opened
        with visiting(browser, url, DESKTOP) as visitor:
            visitor.choose(arguments.task)
            with visitor.new_picture():
                visitor.press("clear")
            visitor.page.evaluate(CLOCK)
            for _ in range(arguments.rounds):
                notes = draw_cat(visitor)
                inside += [forward for what, _, forward in notes if what == "picture"]
                rate, waited = read_clock(notes)
                rates.append(rate)
                delays += waited
                with visitor.new_picture():
                    visitor.press("clear")
        browser.close()
    print(f"task {arguments.task}, {arguments.rounds} × {len(CAT)} strokes, load {os.getloadavg()[0]:.1f}")
    print(f"pictures a second while the pen moves  {np.mean(rates):6.1f}   (aim: at least 8)")
    print(
        f"a first visitor's cat, s               {first_cat:6.1f}   "
        f"(page, Clear, ten strokes at {SPEED} sheets/s)"
    )
    for words, times in (
        ("pointer-up to the last picture, ms", delays),
        ("forward pass in the server, ms", inside),
        ("forward pass alone, ms", forward),
    ):
        p50, p95 = np.percentile(times, [50, 95])
        print(f"{words:36s} p50 {p50:6.0f}   p95 {p95:6.0f}")
    over = np.median(delays) - np.median(inside)
    print(f"on top of the forward pass, ms       p50 {over:6.0f}   (aim: at most 60)")


if __name__ == "__main__":
    main()
