"""Pictures of an exported page, made in Chromium, to compare with Python's: for tools/parity.py and tests.

The page's own ModelServer is asked, as the canvas asks it: all that lies between a drawing and its picture.
"""

import base64
import io
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
from PIL import Image

from pix2pix.ui.drawing import encode_png

ASK = """async ([task, drawing, seed, color, large]) => {
    if (!window.server) {
        const text = await (await fetch("/index.html")).text();
        const html = new DOMParser().parseFromString(text, "text/html");
        const { models, backends, examples } = JSON.parse(html.getElementById("page").textContent);
        for (const model of models) model.file = "/" + model.file;
        for (const backend of Object.values(backends)) {
            [backend.script, backend.wasm] = [`/${backend.script}`, `/${backend.wasm}`];
        }
        const { ModelServer } = await import("/scripts/static_page/model_server.js");
        const quiet = { onProgress() {}, onReady() {}, onFailure() {} };
        const [worker, settings] = ["/scripts/static_page/worker.js", { cache: "parity", backends }];
        window.server = new ModelServer({ worker, settings, models, examples }, quiet);
    }
    return window.server.live({ task, drawing, seed, color, exact: true, large, visit: "" });
}"""


class Quiet(SimpleHTTPRequestHandler):
    """A static host that says nothing."""

    def log_message(self, *parts: object) -> None:
        pass


@contextmanager
def hosted(folder: Path) -> Iterator[str]:
    """The address under which a folder is served as any static host would."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def web_picture(
    page, task: str, image: Image.Image, seed: int, color: str | None = None, large: bool = False
) -> np.ndarray:
    """uint8 (H, W, 3) of a task for an image. page: Playwright's, at an address of the host."""
    reply = page.evaluate(ASK, [task, encode_png(image), seed, color, large])
    if "picture" not in reply:
        raise ValueError(f"{task}: the page answered {reply}")
    content = base64.b64decode(reply["picture"].partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def web_difference(task: str, image: Image.Image, seeds: list[int], folder: Path) -> float:
    """Largest difference of the page's pictures from Python's in fp32, in steps of 8 bits."""
    from playwright.sync_api import sync_playwright

    from pix2pix.inference import Translator
    from pix2pix.static_page.page import export_web

    export_web([task], folder)
    translator = Translator(task, "cpu", "fp32")
    with hosted(folder) as url, sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(url + "LICENSES.txt")
        differences = [
            np.abs(
                web_picture(page, task, image, seed).astype(int)
                - np.asarray(translator.translate(image, seed))
            ).max()
            for seed in seeds
        ]
        browser.close()
    return float(max(differences))
