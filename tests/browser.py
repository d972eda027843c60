"""The studio in a real Chromium: one server and one browser for all tests that ask for them.

`pytest_plugins = ["browser"]` in a test module brings the fixtures: `studio_url`, the address of a running
studio; `desktop`, `phone` and `visitor` (one after the other), a page of its own for a `Visitor`, who draws
with mouse or finger and sees pixels; `visit` and `start_studio` for pages and servers of other kinds.
"""

import base64
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from pix2pix import checkpoints
from pix2pix.data.recipes import recipe_config
from pix2pix.ui.tiles import examples_of

ROOT = Path(__file__).resolve().parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TINY_TASKS = ("edges2cats", "facades", "inpaint", "gray2color")


def share_of(pixels: np.ndarray, color: tuple[int, int, int]) -> float:
    return float((pixels == np.array(color)).all(-1).mean())


def dark(pixels: np.ndarray) -> float:
    return float((pixels.mean(-1) < 128).mean())


def alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two previews are of one drawing and one seed.

    The server computes a preview with as many threads as are faster at that time. With an untrained network
    that alone moves it by up to 1 level on average, another seed by 3.
    """
    return float(np.abs(one.astype(int) - other.astype(int)).mean()) < 2


def save_tiny_checkpoint(
    folder: Path,
    task: str,
    seed: int = 0,
    colors: tuple[tuple[int, int, int], ...] = (),
    weights: float = 1.0,
) -> None:
    """An untrained generator of the right shape: it really runs, and its picture depends on the drawing.

    colors: RGB of its training photos, for a model that takes a color wish. weights: factor of the usual.
    """
    torch.manual_seed(seed)
    config = recipe_config(task, ngf=4, ndf=4, lambda_perceptual=0, color_wish=bool(colors))
    generator = checkpoints.build_generator(checkpoints.model_settings(config))
    with torch.no_grad():
        for conv in (*generator.down_convs, *generator.up_convs):
            conv.weight.mul_(weights)
    checkpoints.save(folder / task, config, generator, None, colors=list(colors))
    card = f"---\nlicense: other\n---\n# {task}\n\nUntrained, for tests.\n"
    (folder / task / "README.md").write_text(card, encoding="utf-8")
    said = {"data": "", "license": "made up for this test", "use": "", "seen": ""}
    (folder / task / "card.json").write_text(json.dumps(said), encoding="utf-8")


def find_chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name) or shutil.which(name, path="/usr/bin:/usr/local/bin:/snap/bin")
        if found:
            return found
    pytest.fail("no Chromium on this machine: install Debian's package `chromium` (make test does)")


@contextmanager
def running_studio(folder: Path, checkpoints_folder: Path | None, root: Path = ROOT) -> Iterator[str]:
    """`python app.py` in a process of its own, as a host would start it. root: where app.py lies."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "PORT": str(port), "XDG_CACHE_HOME": str(folder / "cache")}
    environment.pop("GRADIO_SERVER_PORT", None)
    if checkpoints_folder is not None:
        environment["PIX2PIX_CHECKPOINTS"] = str(checkpoints_folder)
    log = folder / "studio.log"
    url = f"http://127.0.0.1:{port}/"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "app.py"], cwd=root, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _wait_for(url, server, log)
            yield url
        finally:
            server.terminate()
            server.wait(20)


def _wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    patience = time.monotonic() + 240  # importing torch on a busy machine takes its time
    while time.monotonic() < patience:
        if server.poll() is not None:
            pytest.fail(f"app.py ended at once:\n{log.read_text()}")
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"app.py did not answer within four minutes:\n{log.read_text()}")


@pytest.fixture(scope="session")
def studio_url(tmp_path_factory) -> Iterator[str]:
    """A studio with four tiny, untrained tasks."""
    folder = tmp_path_factory.mktemp("studio")
    for task in TINY_TASKS:
        save_tiny_checkpoint(folder / "checkpoints", task)
    with running_studio(folder, folder / "checkpoints") as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=FLAGS)
        yield browser
        browser.close()


class Visitor:
    """Someone with a mouse (or, `touch`, a finger) in front of the studio."""

    def __init__(self, page: Page, url: str, touch: bool):
        self.page, self.url, self.touch = page, url, touch
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        self._touches = page.context.new_cdp_session(page) if touch else None

    def open(self, query: str = "") -> None:
        self.page.goto(self.url + query)
        self.page.wait_for_selector(".studio[data-open=yes]", timeout=60_000)

    # --- what one sees ---

    def pixels(self, canvas: str) -> np.ndarray:
        """uint8 (H, W, 3) of a canvas on the page: ".sheet" or ".picture"."""
        url = self.page.evaluate(
            "selector => document.querySelector(selector).toDataURL('image/png')", canvas
        )
        image = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))
        return np.asarray(image.convert("RGB"))

    def sheet(self) -> np.ndarray:
        # The sheet is painted once a frame: let the frame come.
        self.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        return self.pixels(".sheet")

    def picture(self) -> np.ndarray:
        return self.pixels(".picture")

    def pictures(self) -> int:
        """How many pictures have come so far."""
        return int(self.page.evaluate("document.querySelector('.studio').dataset.pictures || 0"))

    @contextmanager
    def new_picture(self) -> Iterator[None]:
        """What is done inside must bring a new, settled picture."""
        before = self.pictures()
        yield
        self.page.wait_for_function(
            "before => { const { pictures, settled } = document.querySelector('.studio').dataset;"
            " return Number(pictures || 0) > before && settled === 'true' }",
            arg=before,
            timeout=30_000,
        )

    # --- what one does ---

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Share of the sheet → position on the screen."""
        box = self.page.locator(".sheet").bounding_box()
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def finger(self, kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self._touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def down(self, x: float, y: float) -> None:
        self.page.locator(".sheet").scroll_into_view_if_needed()
        if self.touch:
            self.finger("touchStart", self.at(x, y))
        else:
            self.page.mouse.move(*self.at(x, y))
            self.page.mouse.down()

    def move(self, x: float, y: float) -> None:
        if self.touch:
            self.finger("touchMove", self.at(x, y))
        else:
            self.page.mouse.move(*self.at(x, y))

    def up(self) -> None:
        if self.touch:
            self.finger("touchEnd")
        else:
            self.page.mouse.up()

    def drag(self, *points: tuple[float, float], steps: int = 8) -> None:
        """Pen down at the first point, along the others, up at the last. Points: shares of the sheet."""
        self.down(*points[0])
        for start, end in pairwise(points):
            for step in range(1, steps + 1):
                part = step / steps
                self.move(start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part)
        self.up()

    def press(self, command: str) -> None:
        """A button of the studio, by what it does."""
        # A click on the phone too: on a busy machine a synthetic tap may last long enough to be a long press.
        self.page.locator(f".studio [data-do={command}]:visible").first.click()

    def choose(self, task: str) -> None:
        """A task by its card; where it opens with an example, its picture is waited for."""
        self.page.locator(f".card[data-task={task}]").click()
        finished = ":not(.no-picture)" if examples_of(task) else ""
        self.page.wait_for_selector(f".studio[data-task={task}]{finished}")

    def paint_with(self, label: str) -> None:
        self.page.locator(".swatches button", has_text=label).first.click()

    def give_file(self, command: str, file: Path) -> None:
        with self.page.expect_file_chooser() as chooser:
            self.press(command)
        chooser.value.set_files(str(file))


@contextmanager
def visiting(chromium: Browser, url: str, settings: dict) -> Iterator[Visitor]:
    context = chromium.new_context(**settings)
    someone = Visitor(context.new_page(), url, settings.get("has_touch", False))
    someone.open("?__theme=light")
    yield someone
    context.close()
    assert not someone.problems, someone.problems


@pytest.fixture
def visit(request, chromium: Browser) -> Iterator[Callable[..., Visitor]]:
    """visit(settings, url): a page for one more visitor, closed with the test; studio_url by default."""

    def start(settings: dict, url: str = "") -> Visitor:
        # The tiny studio is started only where it is visited: it takes seconds, on a busy machine minutes.
        url = url or request.getfixturevalue("studio_url")
        return stack.enter_context(visiting(chromium, url, settings))

    with ExitStack() as stack:
        yield start


@pytest.fixture
def start_studio(tmp_path: Path) -> Iterator[Callable[[Path | None], str]]:
    """start_studio(folder of checkpoints, or None for the shipped ones): address of one more studio."""
    with ExitStack() as stack:
        yield lambda folder: stack.enter_context(running_studio(tmp_path, folder))


@pytest.fixture
def desktop(chromium: Browser, studio_url: str) -> Iterator[Visitor]:
    with visiting(chromium, studio_url, DESKTOP) as someone:
        yield someone


@pytest.fixture
def phone(chromium: Browser, studio_url: str) -> Iterator[Visitor]:
    with visiting(chromium, studio_url, PHONE) as someone:
        yield someone


@pytest.fixture(params=["desktop", "phone"])
def visitor(request, chromium: Browser, studio_url: str) -> Iterator[Visitor]:
    with visiting(chromium, studio_url, DESKTOP if request.param == "desktop" else PHONE) as someone:
        yield someone


@pytest.fixture
def photo_file(tmp_path):
    """A bright disc and a box on a dark ground, soft like a photo, not square."""
    image = Image.new("RGB", (500, 400), (70, 90, 60))
    pen = ImageDraw.Draw(image)
    pen.ellipse((150, 80, 360, 290), fill=(230, 200, 150))
    pen.rectangle((200, 300, 320, 380), fill=(120, 40, 40))
    image.save(tmp_path / "photo.jpg", quality=92)
    return tmp_path / "photo.jpg"
