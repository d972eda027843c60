"""Many visitors draw at once: does anyone get an error, and how much of the machine does serving cost?

    python benchmarks/visitors.py [--task edges2cats] [--visitors 20] [--seconds 60]

Each visitor draws without a pause and asks for pictures as the page does: one request under way, the newest
drawing next, a quarter of a second's rest when told that the studio is busy. Prints pictures a second for all
together and for the luckiest and unluckiest, waiting times, and the share of the bare forward rate, timed on
the same machine just before. At the end the last picture of every visitor must be the one of the last
drawing; exit code 1 otherwise, and after any error.
"""

import argparse
import base64
import functools
import http.client
import io
import json
import os
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlparse

import numpy as np
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

from live import CAT, bare_forward  # noqa: E402


@dataclass
class Visitor:
    """One who draws: the strokes of a cat, again and again, each time at another place of the page."""

    number: int
    pictures: int = 0
    busy: int = 0
    stale: int = 0
    errors: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    last_drawing: str = ""
    last_picture: str = ""

    def drawing(self, step: int) -> str:
        """The page after `step` stretches of line, as a data URL."""
        lines = sum(len(stroke) - 1 for stroke in CAT)
        return page_with(1 + step % lines, self.number % 7)


@functools.cache  # the visitors share the machine with the studio: they should cost it little
def page_with(count: int, shift: int) -> str:
    """The first `count` lines of the cat, as a data URL."""
    page = Image.new("RGB", (256, 256), "white")
    pen = ImageDraw.Draw(page)
    lines = [(a, b) for stroke in CAT for a, b in pairwise(stroke)]
    for (x0, y0), (x1, y1) in lines[:count]:
        pen.line([256 * x0 + 3 * shift, 256 * y0, 256 * x1 + 3 * shift, 256 * y1], "black", 3)
    content = io.BytesIO()
    page.save(content, "PNG")
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode()


def draw(visitor: Visitor, address: str, component: int, task: str, until: float) -> None:
    """Ask for pictures until the time is over, then once more for the exact picture of the last drawing."""
    connection = http.client.HTTPConnection(address, timeout=120)
    asked, step, final = 0, 0, False
    while not final:
        asked += 1
        final = time.monotonic() >= until
        step += 0 if final else 1
        visitor.last_drawing = visitor.drawing(step)
        request = {
            "visit": f"visitor {visitor.number}",
            "number": asked,
            "task": task,
            "drawing": visitor.last_drawing,
            "seed": 0,
            "settled": final,
            "exact": final,
        }
        reply: dict = {"busy": True}
        while "busy" in reply:
            began = time.monotonic()
            body = {"session_hash": "x", "component_id": component, "fn_name": "live", "data": request}
            connection.request(
                "POST",
                "/gradio_api/component_server",
                json.dumps(body),
                {"content-type": "application/json"},
            )
            answer = connection.getresponse()
            content = answer.read()
            reply = json.loads(content) if answer.status == 200 else {"error": f"HTTP {answer.status}"}
            visitor.waits.append(time.monotonic() - began)
            if "busy" in reply:
                visitor.busy += 1
                time.sleep(0.25)
        if "picture" in reply:
            visitor.pictures += 1
            visitor.last_picture = reply["picture"]
        elif "stale" in reply:
            visitor.stale += 1
        else:
            visitor.errors.append(str(reply)[:200])
    connection.close()


def decoded(data_url: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(data_url.split(",", 1)[1]))).convert("RGB")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--task", default="edges2cats", help="a task with weights")
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()

    import urllib.request

    from browser import running_studio

    from pix2pix.inference import Translator

    bare = 1000 / float(np.median(bare_forward(given.task)))
    for visitor in range(7):
        for step in range(28):
            Visitor(visitor).drawing(step)
    visitors = [Visitor(number) for number in range(given.visitors)]
    with tempfile.TemporaryDirectory() as folder, running_studio(Path(folder), None) as url:
        config = json.load(urllib.request.urlopen(url + "config"))
        component = next(c["id"] for c in config["components"] if "live" in c["props"].get("server_fns", []))
        address = urlparse(url).netloc
        draw(Visitor(-1), address, component, given.task, time.monotonic())  # loads the model
        began, worked = time.monotonic(), time.process_time()
        threads = [
            threading.Thread(target=draw, args=(v, address, component, given.task, began + given.seconds))
            for v in visitors
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - began
        own = (time.process_time() - worked) / took / (os.cpu_count() or 1)
    translator = Translator(given.task)
    outdated = 0
    for visitor in visitors:
        expected = np.asarray(translator.translate(decoded(visitor.last_drawing)), float)
        shown = np.asarray(decoded(visitor.last_picture), float) if visitor.last_picture else expected * 0
        outdated += bool(np.abs(expected - shown).mean() > 1)
    counts = sorted(visitor.pictures for visitor in visitors)
    errors = [error for visitor in visitors for error in visitor.errors]
    waits = np.percentile([1000 * wait for visitor in visitors for wait in visitor.waits], [50, 95])
    rate = sum(counts) / took
    print(f"{given.visitors} visitors, {took:.0f} s, {given.task}, load {os.getloadavg()[0]:.1f}")
    print(
        f"pictures a second            {rate:6.1f}   {rate / bare:.2f} of the bare forward rate, {bare:.1f}"
    )
    print(f"the visitors themselves used  {own:.0%} of this machine's processors")
    print(f"pictures a visitor           {counts[0]} to {counts[-1]}")
    print(f"an answer takes, ms          p50 {waits[0]:.0f}, p95 {waits[1]:.0f}")
    print(f"told to wait, or overtaken   {sum(v.busy for v in visitors)}, {sum(v.stale for v in visitors)}")
    print(f"errors                       {len(errors)}" + (f", first: {errors[0]}" if errors else ""))
    print(f"last picture not of the last drawing   {outdated}")
    return 1 if errors or outdated else 0


if __name__ == "__main__":
    sys.exit(main())
