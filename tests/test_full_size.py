"""Results at a photo's own size, against answers that are known; networks stand in the place of an oracle."""

import json

import numpy as np
import pytest
import torch
from conftest import save_checkpoint
from PIL import Image, ImageDraw

from pix2pix import checkpoints
from pix2pix.checkpoints import load_settings
from pix2pix.cli import main
from pix2pix.images import array_to_tensor, pil_to_tensor, punch_holes, rgb_to_lab
from pix2pix.inference import Translator
from pix2pix.inference.full_color import color_photo
from pix2pix.inference.full_fill import fill_holes, pieces, rim_of
from pix2pix.inference.full_matte import cut_out
from pix2pix.inference.full_size import SIZES, note_of, offered_sizes, plan_of, wanted_size
from pix2pix.inference.full_tiles import LargeNoise, bottleneck_of_one, squares, starts, translate_tiles
from pix2pix.models.generator import UNetGenerator

LARGE = 3000, 2000
SMALL = 256


def light_of(levels: np.ndarray) -> torch.Tensor:
    """uint8 (H, W, 3) → L of Lab, 0 to 100, (H, W)."""
    return (rgb_to_lab(array_to_tensor(levels))[0, 0] + 1) * 50


# --- Color ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_color_ramp_comes_back_and_the_lightness_stays():
    """Gray bands and noise at 3000×2000, ramps of a and b at 256: both are there in the result."""
    width, height = LARGE
    gray = np.tile((np.arange(width) // 100 % 4 * 20 + 100).astype(np.uint8), (height, 1))
    gray += np.random.default_rng(0).integers(0, 9, gray.shape, dtype=np.uint8)
    photo = Image.fromarray(gray).convert("RGB")
    ramp = torch.linspace(-0.2, 0.2, SMALL)
    ab = torch.stack((ramp.expand(SMALL, SMALL), ramp[:, None].expand(SMALL, SMALL)))[None]
    light = rgb_to_lab(pil_to_tensor(photo.resize((SMALL, SMALL), Image.Resampling.LANCZOS)))[:, :1]
    result = color_photo(photo, light, ab)
    assert result.size == LARGE and result.mode == "RGB"
    part = np.s_[::3, ::3]  # every third pixel
    found = rgb_to_lab(array_to_tensor(np.asarray(result)[part]))[0]
    level = light_of(np.full((1, 1, 3), 110, np.uint8)) - light_of(np.full((1, 1, 3), 109, np.uint8))
    assert ((found[0] + 1) * 50 - light_of(np.asarray(photo)[part])).abs().max() <= level.item()
    for channel, places in (
        (1, torch.arange(width)[::3] / width),
        (2, torch.arange(height)[::3, None] / height),
    ):
        assert (found[channel] - (0.4 * places - 0.2)).abs().mean() * 110 < 1.5


def test_colors_end_at_the_edges_of_the_photo():
    """An edge between two small pixels: the large result turns where the photo does."""
    levels = np.full((600, 900, 3), 90, np.uint8)
    levels[:, 433:] = 170
    photo = Image.fromarray(levels)
    light = rgb_to_lab(pil_to_tensor(photo.resize((64, 64), Image.Resampling.LANCZOS)))[:, :1]
    ab = torch.zeros(1, 2, 64, 64)
    ab[:, 0, :, :30], ab[:, 0, :, 30:31], ab[:, 0, :, 31:] = 0.2, 0.04, -0.2
    a = rgb_to_lab(pil_to_tensor(color_photo(photo, light, ab)))[0, 1, 300] * 110
    assert a[425] > 12 and a[441] < -12  # a cell is 14 pixels wide; unguided, these are 10 apart at most


@pytest.mark.parametrize("level", [0, 3, 40, 128, 250, 255])
def test_colors_that_srgb_lacks_do_not_change_the_lightness(level):
    photo = Image.new("RGB", (40, 30), (level,) * 3)
    light = rgb_to_lab(pil_to_tensor(photo.resize((16, 16))))[:, :1]
    result = np.asarray(color_photo(photo, light, torch.full((1, 2, 16, 16), 0.9)))
    assert (light_of(result) - light_of(np.asarray(photo))).abs().max() < 0.6


# --- Fill in ----------------------------------------------------------------------------------------------


def rows_go_on(crop: Image.Image) -> tuple[torch.Tensor, torch.Tensor]:
    """An ideal network for stripes: each row of a hole is the mean of what is known of the row."""
    assert min(crop.size) >= SMALL
    small = crop.resize((SMALL, SMALL), Image.Resampling.BICUBIC)
    hole = pil_to_tensor(small.getchannel("A")) < 0
    real_a = punch_holes(pil_to_tensor(small.convert("RGB")), hole)
    known = (~hole).float()
    mean = (real_a[:, :3] * known).sum(-1, keepdim=True) / known.sum(-1, keepdim=True).clamp_min(1)
    return real_a, mean.expand(-1, -1, -1, SMALL)


def striped(size: tuple[int, int], period: int) -> Image.Image:
    width, height = size
    level = (127 + 90 * np.sin(np.arange(height) * 2 * np.pi / period)).astype(np.uint8)
    return Image.fromarray(np.repeat(np.repeat(level[:, None, None], width, 1), 3, 2))


@pytest.mark.slow
def test_stripes_go_on_and_the_rest_is_untouched():
    """A long scratch, and a blot far from it, in 3000×2000 pixels."""
    photo, hole = striped(LARGE, 90), Image.new("L", LARGE)
    pen = ImageDraw.Draw(hole)
    pen.line((150, 120, 2700, 500), fill=255, width=6)
    pen.ellipse((2000, 1400, 2300, 1640), fill=255)
    given = photo.convert("RGBA")
    given.paste((255, 0, 255, 0), mask=hole)
    told: list[tuple[int, int]] = []
    result = fill_holes(given, rows_go_on, SMALL, lambda done, total: told.append((done, total)))
    assert result.size == LARGE and result.mode == "RGB"
    assert len(told) > 5 and told[-1][0] == told[-1][1]
    mask = np.asarray(hole) > 0
    difference = np.abs(np.asarray(result, np.int16) - np.asarray(photo)).max(-1)
    assert difference[mask].mean() < 6 and np.percentile(difference[mask], 99) < 40
    rim = rim_of(700, SMALL)
    near = torch.nn.functional.max_pool2d(torch.from_numpy(mask)[None].float(), 2 * rim + 1, 1, rim)[0] > 0
    assert not difference[~near.numpy()].any()
    assert np.asarray(given)[..., :3][mask].tolist()[0] == [255, 0, 255]  # what was given stays as it was


def test_a_scratch_is_filled_from_small_crops_and_a_blot_from_one():
    hole = np.zeros((1200, 1800), bool)
    hole[600:604, 100:1700] = True
    _, found = pieces(hole, SMALL)
    assert len(found) > 5 and {
        right - left for (left, _, right, _), _ in ((piece.crop, piece.cells) for piece in found)
    } == {SMALL}
    hole[:] = False
    hole[300:700, 300:800] = True
    _, found = pieces(hole, SMALL)
    assert len(found) == 1
    left, top, right, bottom = found[0].crop
    assert right - left == bottom - top >= 1000 and left <= 300 and right >= 800
    assert pieces(np.zeros((50, 40), bool), SMALL)[1] == []


def test_without_a_hole_nothing_changes():
    photo = striped((300, 200), 20)
    assert fill_holes(photo.convert("RGBA"), rows_go_on, SMALL).tobytes() == photo.tobytes()


# --- Cut out ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_disc_is_cut_from_a_plain_ground():
    """A red disc on green at 3000×2000, its matte at 256 blurred: sharp again, and no green at the rim."""
    width, height = LARGE
    y, x = np.mgrid[:height, :width]
    distance = np.hypot(x - 1400, y - 1000) - 600
    truth = np.clip(0.5 - distance / 4, 0, 1)  # an edge of four pixels
    disc, ground = np.array([200, 40, 30]), np.array([60, 160, 70])
    photo = Image.fromarray((disc * truth[..., None] + ground * (1 - truth[..., None])).astype(np.uint8))
    matte = Image.fromarray((truth * 255).astype(np.uint8)).resize((SMALL, SMALL), Image.Resampling.BILINEAR)
    small = torch.nn.functional.avg_pool2d(pil_to_tensor(matte), 3, 1, 1, count_include_pad=False)
    result = cut_out(photo, small)
    assert result.size == LARGE and result.mode == "RGBA"
    pixels = np.asarray(result)
    alpha = pixels[..., 3] / 255
    assert (alpha[distance < -24] == 1).all() and (alpha[distance > 24] == 0).all()  # two cells of the matte
    assert np.abs(alpha - truth)[np.abs(distance) < 24].mean() < 0.06
    soft = (alpha > 0.1) & (alpha < 0.9)
    assert soft.any() and np.abs(pixels[soft][:, :3] - disc).mean() < 25  # the ground is 140 away in red


# --- Larger images ----------------------------------------------------------------------------------------


def small_network() -> UNetGenerator:
    torch.manual_seed(0)
    return bottleneck_of_one(UNetGenerator(ngf=4, image_size=32).eval())


def translated(network: UNetGenerator, image: Image.Image, seed: int | None) -> Image.Image:
    z = LargeNoise(network, seed, *squares(image.size, 32))
    with torch.no_grad():
        return translate_tiles(image, 32, z, lambda x, z: network.decode(network.encode(x), z))


@pytest.mark.parametrize("size", [(32, 32), (33, 70), (500, 300), (5, 9)])
def test_tiles_cover_the_image_once(size):
    """With a network that changes nothing the image comes back, at any size; progress ends with the last."""
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (*size[::-1], 3), dtype=np.uint8))
    z, told = LargeNoise(small_network(), None, *squares(size, 32)), []
    result = translate_tiles(image, 32, z, lambda x, z: x, lambda *step: told.append(step))
    assert result.size == size and result.tobytes() == image.tobytes()
    assert told[-1][0] == told[-1][1] and told[-1][1] == (1 if size != (500, 300) else len(told))


def test_tiles_leave_no_seam():
    """Neighboring columns differ at the edges of tiles no more than elsewhere."""
    image = Image.fromarray(np.random.default_rng(1).integers(0, 256, (480, 640, 3), dtype=np.uint8))
    result = np.asarray(translated(small_network(), image, 3), np.float32)
    steps = np.abs(np.diff(result, axis=1)).mean((0, 2))
    edges = [32 * place - 1 for start in starts(20, 4) for place in (start, start + 4) if 0 < place < 20]
    assert len(edges) > 8
    # The up-convolutions make a pattern with a period of its own: edges are compared with the same phase.
    inside = [column for column in range(31, 639, 32) if column not in edges] or list(range(15, 639, 32))
    assert steps[edges].mean() < 1.1 * steps[inside].mean() and steps[edges].max() < 1.3 * steps.max()


def test_the_noise_of_one_square_is_the_networks_own():
    network = small_network()
    for mine, theirs in zip(
        LargeNoise(network, 7, 1, 1).part(0, 0, 1, 1), network.draw_noise([7]), strict=True
    ):
        assert torch.equal(mine, theirs)
    large = LargeNoise(network, 7, 6, 5)
    whole, part = large.part(0, 0, 6, 5), large.part(2, 1, 4, 4)
    assert torch.equal(whole[1][:, :, 8:24, 4:20], part[1])  # overlapping tiles see the same noise
    assert LargeNoise(network, None, 2, 2).part(0, 0, 2, 2) == []


def test_a_small_image_is_what_the_network_itself_makes():
    torch.manual_seed(0)
    network = UNetGenerator(ngf=4, image_size=32).eval()
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8))
    with torch.no_grad():
        expected = network(pil_to_tensor(image), network.draw_noise([5]))
    found = pil_to_tensor(translated(bottleneck_of_one(network), image, 5))
    assert (found - expected).abs().max() <= 1.01 / 255


# --- What full size means ---------------------------------------------------------------------------------


def test_a_checkpoints_config_says_what_full_size_is():
    expected = {
        "gray2color": "color", "inpaint": "fill", "cutout": "matte", "edges2cats": "enlarged",
        "edges2shoes": "enlarged", "sketch2portrait": "enlarged", "sketch2emoji": "enlarged",
        "labels2street": "enlarged",
        "thermal2color": "enlarged", "facades": "larger", "map2aerial": "larger", "aerial2map": "larger",
        "photo2edges": "larger", "facades-encdec": "enlarged",
    }  # fmt: skip
    found = {name: plan_of(load_settings(checkpoints.root() / name)) for name in expected}
    assert found == expected


def test_a_checkpoints_config_says_in_which_sizes_the_page_saves():
    expected = {
        "gray2color": ("full",), "inpaint": ("full",), "cutout": ("full",), "edges2cats": ("256", "1024"),
        "thermal2color": ("256", "1024"), "facades": ("256", "512", "1024", "full"),
        "facades-encdec": ("256", "1024"),
    }  # fmt: skip
    found = {name: offered_sizes(load_settings(checkpoints.root() / name)) for name in expected}
    assert found == expected


def test_the_note_says_why_an_image_is_enlarged():
    assert "1×1 bottleneck" in note_of(load_settings(checkpoints.root() / "labels2street"))
    assert note_of(load_settings(checkpoints.root() / "facades")) == ""


def test_wanted_sizes():
    assert wanted_size((3000, 2000), "full", "color") == (3000, 2000)
    assert wanted_size((3000, 2000), "512", "color") == (768, 512)
    assert wanted_size((100, 200), "full", "enlarged") == (1024, 2048)
    assert wanted_size((10, 1000), "512", "larger") == (512, 2048)


@pytest.mark.slow
def test_the_command_line_translates_at_every_size(shipped, tmp_path, capsys):
    (tmp_path / "in").mkdir()
    photo = Image.fromarray(np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8))
    photo.save(tmp_path / "in" / "one.png")
    photo.resize((350, 280)).save(tmp_path / "in" / "two.jpg")

    def run(task: str, size: str, target: str) -> int:
        source = tmp_path / "in" if "." not in target else tmp_path / "in" / "one.png"
        return main(["translate", "--task", task, "--size", size, str(source), str(tmp_path / target)])

    for task, mode in (("facades", "RGB"), ("gray2color", "RGB"), ("inpaint", "RGB"), ("cutout", "RGBA")):
        assert run(task, "full", f"{task}.png") == 0
        with Image.open(tmp_path / f"{task}.png") as made:
            assert (made.size, made.mode) == ((400, 300), mode)
    with Image.open(tmp_path / "inpaint.png") as made:
        assert made.tobytes() == photo.tobytes()  # nothing was brushed out
    assert run("cutout", "full", "white.jpg") == 0 and run("gray2color", "512", "512.png") == 0
    assert Image.open(tmp_path / "white.jpg").mode == "RGB" and Image.open(tmp_path / "512.png").size == (
        683,
        512,
    )
    assert run("gray2color", "full", "folder") == 0
    assert Image.open(tmp_path / "folder" / "two.png").size == (350, 280)
    capsys.readouterr()
    assert run("gray2color", "full", "folder") == 0 and "2 of 2 are there already" in capsys.readouterr().out
    assert run("gray2color", "300", "x.png") == 2
    assert capsys.readouterr().err.endswith("size is '300'; expected one of: 256, 512, 1024, full\n")


def test_a_network_that_needs_its_bottleneck_says_so(tmp_path, capsys, monkeypatch):
    folder = save_checkpoint(tmp_path, "labels2street", crop_size=32, load_size=36)
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(tmp_path))
    assert json.loads((folder / "config.json").read_text())["recipe"]["full_size"] == "enlarged"
    Image.new("RGB", (64, 48), (128, 64, 128)).save(tmp_path / "in.png")
    arguments = ["translate", "--task", "labels2street", "--size", "512"]
    assert main([*arguments, str(tmp_path / "in.png"), str(tmp_path / "out.png")]) == 0
    assert capsys.readouterr().err == (
        "labels2street: the network needs its 1×1 bottleneck; its 32-pixel image is enlarged\n"
    )
    assert Image.open(tmp_path / "out.png").size == (683, 512)


def test_every_size_is_known_to_python(tmp_path):
    folder = save_checkpoint(tmp_path, "facades", crop_size=32, load_size=36)
    translator, image = Translator(folder, "cpu"), Image.new("RGB", (64, 48), (0, 48, 255))
    assert SIZES == ("256", "512", "1024", "full")
    assert translator.translate(image, 1, size="full").size == (64, 48)
    with pytest.raises(ValueError, match="size is 'huge'; expected one of"):
        translator.translate(image, 1, size="huge")


# --- The endpoint -----------------------------------------------------------------------------------------


def test_the_endpoint_answers_at_the_photos_own_size(shipped, tmp_path, monkeypatch):
    import gradio as gr

    from pix2pix.ui.panels.draw import translate

    noise = np.random.default_rng(0).integers(0, 256, (300, 1100, 3), dtype=np.uint8)
    path = str(tmp_path / "photo.png")
    Image.fromarray(noise).save(path)
    for task, mode in (("cutout", "RGBA"), ("gray2color", "RGB")):
        made = translate(path, task, 0, size="full")
        assert (made.size, made.mode) == ((1100, 300), mode)
    assert translate(path, "cutout", 0).size == (940, 256)
    with pytest.raises(gr.Error, match="size is 'huge'; expected one of"):
        translate(path, "cutout", 0, size="huge")
    monkeypatch.setattr("pix2pix.ui.drawing.MAX_FULL", 300_000)
    with pytest.raises(gr.Error, match="the image is 1100×300; expected at most 0 megapixels"):
        translate(path, "cutout", 0, size="full")
