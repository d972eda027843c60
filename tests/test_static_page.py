"""`pix2pix export-web`: the page in a real Chromium, against Python; and what its command refuses."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from browser import DESKTOP, Visitor, save_tiny_checkpoint
from PIL import Image, ImageDraw

from pix2pix import cli
from pix2pix.color_wish import color_of_seed
from pix2pix.inference import Translator
from pix2pix.models.generator import UNetGenerator
from pix2pix.static_page import runtime
from tools.web_parity import hosted, web_picture

pytest_plugins = ["browser"]
COLORS = ((200, 120, 40), (60, 60, 70), (240, 230, 220))
TASKS = ("edges2cats", "inpaint", "gray2color", "cutout")  # every kind of input and output; cats take a wish
PATIENCE = 120_000  # ms until a model is loaded, on a busy machine


@pytest.fixture(scope="module")
def checkpoint_folder(tmp_path_factory) -> Path:
    """Small networks with large weights.

    Those of the usual start, N(0, 0.02), make feature maps of hardly any variance, of which the norms would
    turn the last digits into a different picture.
    """
    folder = tmp_path_factory.mktemp("weights") / "checkpoints"
    for number, task in enumerate(TASKS):
        save_tiny_checkpoint(folder, task, number, COLORS if task == "edges2cats" else (), weights=20.0)
    return folder


@pytest.fixture(scope="module")
def exported(checkpoint_folder, tmp_path_factory) -> Path:
    try:
        runtime.find_runtime(None)
    except ValueError as error:
        pytest.skip(str(error))  # the runtime is downloaded once; a machine without a network has none
    out = tmp_path_factory.mktemp("page") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIX2PIX_CHECKPOINTS", str(checkpoint_folder))
        assert cli.main(["export-web", *reversed(TASKS), str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def page(chromium, exported):
    """A page of the host without the studio, for its modules."""
    with hosted(exported) as url:
        one = chromium.new_page()
        one.goto(url + "LICENSES.txt")
        yield one
        one.close()


# --- Modules ---------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_seed_draws_the_masks_that_torch_draws(page):
    generator = UNetGenerator(ngf=4, dropout=0.3)
    code = """async ([seed, shapes, rate]) => {
        const { drawNoise } = await import("/scripts/static_page/noise.js");
        return drawNoise(seed, shapes, rate).map((mask) => [...mask]);
    }"""
    for seed in (0, 1, 999_999):
        ours = page.evaluate(code, [seed, generator.noise_shapes(), generator.dropout])
        for mask, theirs in zip(ours, generator.draw_noise([seed]), strict=True):
            assert torch.equal(torch.tensor(mask), theirs.flatten())


@pytest.mark.browser
def test_a_seed_draws_the_color_that_numpy_draws(page):
    code = """async (counts) => {
        const { colorOfSeed } = await import("/scripts/static_page/noise.js");
        return counts.map(([count, seed]) => colorOfSeed(Array.from({ length: count }, (_, i) => i), seed));
    }"""
    asked = [(count, seed) for count in (1, 3, 64) for seed in (*range(100), 4321, 999_999)]
    numbers = [(number, number, number) for number in range(64)]
    assert page.evaluate(code, asked) == [color_of_seed(numbers[:count], seed)[0] for count, seed in asked]


@pytest.mark.browser
@pytest.mark.parametrize(
    "name, filter", [("bicubic", Image.Resampling.BICUBIC), ("lanczos", Image.Resampling.LANCZOS)]
)
def test_resize_gives_pillows_bytes(page, name, filter):
    pixels = np.random.default_rng(0).integers(0, 256, (37, 50, 3), dtype=np.uint8)
    code = """async ([data, width, height, filter]) => {
        const { resize } = await import("/scripts/static_page/resize.js");
        const image = { width: 50, height: 37, channels: 3, data: Uint8Array.from(data) };
        return [...resize(image, width, height, filter).data];
    }"""
    for size in ((16, 16), (101, 80), (50, 20)):
        ours = np.array(page.evaluate(code, [pixels.ravel().tolist(), *size, name]), np.uint8)
        theirs = np.asarray(Image.fromarray(pixels).resize(size, filter))
        assert np.array_equal(ours, theirs.ravel()), size


def inputs() -> dict[str, Image.Image]:
    """What a visitor could give each task; photos are neither square nor of the network's size."""
    drawing = Image.new("RGB", (256, 256), "white")
    ImageDraw.Draw(drawing).ellipse((50, 60, 200, 210), outline="black", width=3)
    photo = Image.fromarray(np.random.default_rng(1).integers(0, 256, (20, 25, 3), dtype=np.uint8))
    photo = photo.resize((500, 400), Image.Resampling.BICUBIC)
    hole = Image.new("L", (500, 400), 255)
    ImageDraw.Draw(hole).ellipse((100, 90, 330, 300), fill=0)
    masked = photo.copy()
    masked.putalpha(hole)
    return dict(zip(TASKS, (drawing, masked, photo, photo), strict=True))


@pytest.mark.browser
@pytest.mark.slow
def test_every_kind_of_network_gives_pythons_picture(page, checkpoint_folder):
    """All inputs and outputs, seeds, wishes and sizes: at no pixel more than 3/255 away."""
    for task, image in inputs().items():
        translator = Translator(checkpoint_folder / task, "cpu", "fp32")
        asked = [(7, None, "seed", False)]
        if task == "edges2cats":
            asked += [
                (3, "none", None, False),
                (3, "#c68642", (198, 134, 66), False),
                (3, None, "seed", True),
            ]
        for seed, color, wish, large in asked:
            ours = web_picture(page, task, image, seed, color, large)
            theirs = np.asarray(translator.translate(image, seed, wish, "1024" if large else "256"))
            assert ours.shape == theirs.shape
            assert np.abs(ours.astype(int) - theirs).max() <= 3, (task, seed, color, large)


# --- The page --------------------------------------------------------------------------------------------


def open_page(one: Visitor) -> None:
    one.open("?__theme=light")
    one.page.wait_for_function("document.documentElement.dataset.backend === 'wasm'", timeout=PATIENCE)


def drawing_of(one: Visitor) -> Image.Image:
    """The drawing that the canvas sends: half as large, made smaller by the browser in the same way."""
    one.sheet()  # once it is painted
    code = """() => {
        const small = Object.assign(document.createElement("canvas"), { width: 256, height: 256 });
        const context = small.getContext("2d", { willReadFrequently: true });
        context.imageSmoothingQuality = "high";
        context.drawImage(document.querySelector(".sheet"), 0, 0, 256, 256);
        small.className = "sent";
        document.body.append(small);
    }"""
    one.page.evaluate(code)
    pixels = one.pixels(".sent")
    one.page.evaluate("document.querySelector('.sent').remove()")
    return Image.fromarray(pixels)


@pytest.mark.browser
@pytest.mark.slow
def test_a_visitor_draws_on_the_page_and_goes_on_without_a_network(chromium, exported, checkpoint_folder):
    cats = Translator(checkpoint_folder / "edges2cats", "cpu", "fp32")
    context = chromium.new_context(**DESKTOP)
    with hosted(exported) as url:
        one = Visitor(context.new_page(), url, touch=False)
        open_page(one)
        assert one.page.locator("[role=radio].card").count() == len(TASKS)
        with one.new_picture():
            one.drag((0.3, 0.3), (0.6, 0.35), (0.5, 0.7))
        with one.new_picture():
            one.page.locator(".seed input").fill("11")
            one.page.locator(".seed input").press("Enter")
        drawn, drawing = one.sheet(), drawing_of(one)
        theirs = np.asarray(cats.translate(drawing, seed=11))
        assert np.abs(one.picture().astype(int) - theirs).max() <= 3
        other = np.asarray(cats.translate(drawing, seed=12))
        assert np.abs(other.astype(int) - theirs).max() > 20  # 3 would notice a wrong seed
        one.page.evaluate("navigator.serviceWorker.ready.then(() => 0)")

    # The host is gone: everything is in this browser, and now WebAssembly may use threads.
    again = Visitor(context.new_page(), url, touch=False)
    open_page(again)
    assert again.page.evaluate("self.crossOriginIsolated")
    assert np.array_equal(again.sheet(), drawn)
    with again.new_picture():
        again.drag((0.2, 0.8), (0.8, 0.8))
    theirs = np.asarray(cats.translate(drawing_of(again), seed=11))
    assert np.abs(again.picture().astype(int) - theirs).max() <= 3
    assert not one.problems and not again.problems
    context.close()


def test_the_page_holds_what_it_names_and_the_terms_of_all_of_it(exported):
    page = (exported / "index.html").read_text(encoding="utf-8")
    content = json.loads(page.partition('id="page">')[2].partition("</script>")[0])
    assert [task["name"] for task in content["tasks"]] == sorted(
        TASKS, key=lambda name: page.index(f'"{name}"')
    )
    named = [model["file"] for model in content["models"]] + [task["thumb"] for task in content["tasks"]]
    named += [each["file"] for examples in content["examples"].values() for each in examples]
    assert all((exported / name).is_file() for name in named if name)
    told = (exported / "LICENSES.txt").read_text(encoding="utf-8")
    assert "Microsoft" in told and "made up for this test" in told and "WARRANTY" in told
    assert "http" not in page.replace("http://www.w3.org", "")  # nothing from other hosts


# --- The command -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names, says",
    [
        (["nothing"], "no task 'nothing' with weights is here; there are: "),
        (["cutout"], "not empty"),
    ],
)
def test_export_web_says_in_one_line_what_is_wrong(
    names, says, checkpoint_folder, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(checkpoint_folder))
    (tmp_path / "kept.txt").write_text("mine")
    assert cli.main(["export-web", *names, str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert says in told and told.count("\n") == 1


def test_a_runtime_is_a_folder_or_a_download_whose_hash_is_checked(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(ValueError, match="npm package onnxruntime-web"):
        runtime.find_runtime(tmp_path)
    (tmp_path / "dist").mkdir()
    for name in runtime.FILES:
        (tmp_path / "dist" / name).touch()
    assert runtime.find_runtime(tmp_path) == tmp_path / "dist"
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:9")
    with pytest.raises(ValueError, match=r"could not be downloaded .*--runtime DIR$"):
        runtime.find_runtime(None)
    package = tmp_path / "host" / "onnxruntime-web" / "-" / f"onnxruntime-web-{runtime.VERSION}.tgz"
    package.parent.mkdir(parents=True)
    package.write_bytes(b"another file")
    with hosted(tmp_path / "host") as url:
        monkeypatch.setenv("NPM_CONFIG_REGISTRY", url)
        with pytest.raises(ValueError, match="its SHA-512 differs"):
            runtime.find_runtime(None)
    assert not (tmp_path / "cache" / "pix2pix-studio").exists()
