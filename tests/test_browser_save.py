"""Save in a real Chromium: a photo's own size, a choice of sizes, and what is saved when that fails."""

import io
import re

import numpy as np
import pytest
from browser import DESKTOP, PHONE, running_studio, save_tiny_checkpoint
from PIL import Image, ImageDraw

from pix2pix.tasks import FACADE_PALETTE

pytest_plugins = ["browser"]
pytestmark = pytest.mark.browser
COLORS = dict(FACADE_PALETTE)
WIDTH, HEIGHT = 3000, 2000


@pytest.fixture(scope="module")
def photo_tasks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photo-tasks")
    for task in ("gray2color", "inpaint", "cutout", "map2aerial", "facades"):
        save_tiny_checkpoint(folder / "checkpoints", task)
    with running_studio(folder, folder / "checkpoints") as url:
        yield url


@pytest.fixture(scope="module")
def large_photo(tmp_path_factory):
    """Noise on a slope: every pixel can be told from its neighbors."""
    rng = np.random.default_rng(5)
    slope = np.linspace(40, 200, WIDTH, dtype=np.float32)[None, :, None]
    pixels = slope + np.array((0, 12, 24)) + rng.integers(-8, 9, (HEIGHT, WIDTH, 1))
    path = tmp_path_factory.mktemp("photo") / "photo.png"
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path, compress_level=1)
    return path


def saved(someone, size: str = "") -> tuple[str, Image.Image]:
    """Press Save, choose where there is a choice: the file's name and the image in it."""
    with someone.page.expect_download(timeout=120_000) as download:
        someone.press("download")
        if size:
            someone.page.locator(f"[data-save='{size}']").click()
    with open(download.value.path(), "rb") as file:
        return download.value.suggested_filename, Image.open(io.BytesIO(file.read()))


def upload(someone, task: str, path) -> None:
    someone.choose(task)
    with someone.new_picture():
        someone.give_file("upload", path)


def watch_uploads(someone) -> None:
    """Keep the next file that the page uploads; the browser's protocol does not show what is in a form."""
    someone.page.evaluate(
        """() => { const send = window.fetch; window.fetch = (address, options) => {
            if (options?.body instanceof FormData) window.sent = options.body.get("files");
            return send(address, options);
        } }"""
    )


def uploaded(someone) -> np.ndarray:
    content = someone.page.evaluate("async () => [...new Uint8Array(await window.sent.arrayBuffer())]")
    return np.asarray(Image.open(io.BytesIO(bytes(content))).convert("RGB"))


def lightness(pixels: np.ndarray) -> np.ndarray:
    """L* of Lab (CIE 1976), as levels of 255."""
    linear = np.where((rgb := pixels / 255) <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    y = linear @ (0.2126, 0.7152, 0.0722)
    return 2.55 * (116 * np.where(y > (6 / 29) ** 3, np.cbrt(y), y / (3 * (6 / 29) ** 2) + 4 / 29) - 16)


# --- the photo's own size ----------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_colored_photo_is_saved_at_its_own_size(visit, photo_tasks, large_photo, settings):
    someone = visit(settings, photo_tasks)
    upload(someone, "gray2color", large_photo)
    someone.page.evaluate(
        """() => { const note = document.querySelector(".wait"); window.said = [];
        new MutationObserver(() => window.said.push(note.textContent)).observe(note, { childList: true }) }"""
    )
    name, image = saved(someone)
    seen = someone.page.evaluate("window.said")
    assert "Making it at 3000 × 2000…" in seen, "what is being done is told"
    assert name == "pix2pix-gray2color-0-3000x2000.png" and image.size == (WIDTH, HEIGHT)
    rows = np.s_[900:1000]
    own = lightness(np.asarray(Image.open(large_photo).convert("RGB"))[rows])
    assert np.abs(lightness(np.asarray(image.convert("RGB"))[rows]) - own).max() < 1.5
    someone.page.wait_for_function("document.querySelector('.hint').innerText.includes('3000 × 2000')")


def test_the_photo_outlives_a_reload(visit, photo_tasks, large_photo):
    someone = visit(DESKTOP, photo_tasks)
    upload(someone, "gray2color", large_photo)
    someone.page.wait_for_timeout(500)  # the store is written after the picture came
    someone.open("?__theme=light")
    someone.page.wait_for_selector(".studio[data-task=gray2color]:not(.no-picture)")
    assert saved(someone)[1].size == (WIDTH, HEIGHT)


def test_what_was_not_brushed_keeps_its_pixels(visit, photo_tasks, large_photo):
    someone = visit(DESKTOP, photo_tasks)
    upload(someone, "inpaint", large_photo)
    someone.press("rectangle")
    with someone.new_picture():
        someone.drag((0.4, 0.4), (0.5, 0.5))
    name, image = saved(someone)
    assert name == "pix2pix-inpaint-0-3000x2000.png" and image.size == (WIDTH, HEIGHT)
    changed = (np.asarray(image.convert("RGB")) != np.asarray(Image.open(large_photo))).any(-1)
    rows, columns = np.nonzero(changed)
    share = columns.min() / WIDTH, rows.min() / HEIGHT, columns.max() / WIDTH, rows.max() / HEIGHT
    assert share == pytest.approx((0.4, 0.4, 0.5, 0.5), abs=0.02), "the hole and its rim, nothing else"
    assert changed[820:980, 1230:1470].mean() > 0.9, "all of the hole"


def test_what_is_cut_out_is_transparent(visit, photo_tasks, large_photo):
    someone = visit(DESKTOP, photo_tasks)
    upload(someone, "cutout", large_photo)
    name, image = saved(someone)
    assert name == "pix2pix-cutout-0-3000x2000.png"
    assert image.format == "PNG" and image.mode == "RGBA" and image.size == (WIDTH, HEIGHT)
    assert np.asarray(image)[..., 3].min() < 255


def test_when_it_fails_what_is_here_is_saved(visit, photo_tasks, large_photo):
    someone = visit(DESKTOP, photo_tasks)
    upload(someone, "gray2color", large_photo)
    someone.page.route(re.compile("/gradio_api/upload"), lambda route: route.abort())
    name, image = saved(someone)
    assert name == "pix2pix-gray2color-0.png" and image.size == (384, 256)
    someone.page.wait_for_function(
        "document.querySelector('.hint').innerText.startsWith('Saved at 384 × 256')"
    )
    hint = someone.page.locator(".hint").inner_text()
    assert "3000 × 2000 was not possible (the server did not answer)" in hint
    assert someone.page.locator("[data-do=download]").is_enabled()


# --- a choice of sizes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_map_is_saved_at_the_size_that_is_chosen(visit, photo_tasks, tmp_path, settings):
    someone = visit(settings, photo_tasks)
    Image.effect_noise((768, 600), 60).convert("RGB").save(tmp_path / "map.png")
    upload(someone, "map2aerial", tmp_path / "map.png")
    someone.press("download")
    someone.page.wait_for_selector("[data-save]")
    words = someone.page.locator("[data-save] span").all_inner_texts()
    assert words == [
        "328 × 256 pixels", "655 × 512 pixels", "1311 × 1024 pixels", "768 × 600 pixels, the photo's own",
    ]  # fmt: skip
    place = someone.page.locator(".share-menu").bounding_box()
    assert place["x"] >= 0 and place["x"] + place["width"] <= settings["viewport"]["width"]
    someone.page.keyboard.press("Escape")
    for size, expected in (("512", (655, 512)), ("full", (768, 600)), ("256", (328, 256))):
        assert saved(someone, size)[1].size == expected


def test_a_larger_label_map_is_drawn_again(desktop):
    """The model sees a larger map with sharp edges: strokes are vectors, what lies below them is enlarged."""
    someone = desktop
    someone.choose("facades")
    with someone.new_picture():
        someone.press("clear")
    someone.paint_with("door")
    someone.press("ellipse")
    with someone.new_picture():
        someone.drag((0.2, 0.2), (0.8, 0.8))
    watch_uploads(someone)
    name, image = saved(someone, "1024")
    assert name == "pix2pix-facades-0-1024x1024.png" and image.size == (1024, 1024)
    labels = uploaded(someone)
    assert labels.shape == (1024, 1024, 3)
    assert {tuple(color) for color in labels.reshape(-1, 3).tolist()} == {COLORS["wall"], COLORS["door"]}
    # The disc that was dragged, known at every pixel.
    ideal = Image.new("L", (1024, 1024))
    ImageDraw.Draw(ideal).ellipse((205, 205, 819, 819), fill=1)
    there = (labels == COLORS["door"]).all(-1)
    assert (there != np.asarray(ideal).astype(bool)).mean() < 0.01
    steps = np.ptp(np.diff(np.argmax(there, axis=1)[300:724]))
    assert steps <= 2, "a smooth outline, no stairs of four pixels"


def test_an_example_below_the_strokes_is_enlarged(desktop):
    someone = desktop
    someone.choose("facades")
    small = someone.sheet()
    watch_uploads(someone)
    assert saved(someone, "512")[1].size == (512, 512)
    assert np.array_equal(uploaded(someone), small.repeat(2, 0).repeat(2, 1))
