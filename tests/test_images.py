"""Whatever people upload becomes a picture or one clear line; ranges go there and back."""

import io

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import color

from pix2pix import images
from pix2pix.decoding import load
from pix2pix.tasks import FACADE_PALETTE


def encoded(image: Image.Image, format: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def test_tensor_and_back_is_the_same_picture():
    levels = np.arange(256 * 3, dtype=np.uint32).reshape(16, 16, 3).astype(np.uint8)
    tensor = images.pil_to_tensor(Image.fromarray(levels))
    assert tensor.shape == (1, 3, 16, 16) and tensor.min() == -1 and tensor.max() == 1
    assert np.array_equal(np.asarray(images.tensor_to_pil(tensor)), levels)


def test_lab_is_scikit_images():
    rgb = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    lab = images.rgb_to_lab(images.array_to_tensor(rgb))[0].permute(1, 2, 0).numpy()
    scaled = lab * [50, images.AB_SCALE, images.AB_SCALE] + [50, 0, 0]
    np.testing.assert_allclose(scaled, color.rgb2lab(rgb), atol=0.05)
    back = images.tensor_to_array(images.lab_to_rgb(images.rgb_to_lab(images.array_to_tensor(rgb))))[0]
    assert np.abs(back.astype(int) - rgb).max() <= 1


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I;16", "F", "HSV", "LAB"]
)
def test_any_mode_becomes_rgb(mode):
    source = Image.new("L", (5, 3), 200)
    image = Image.fromarray(np.full((3, 5), 200 * 257, np.uint16)) if mode == "I;16" else None
    if mode in ("HSV", "LAB"):
        image = Image.new("RGB", (5, 3), (200, 200, 200)).convert("HSV") if mode == "HSV" else None
        image = image or Image.new("LAB", (5, 3), (200, 128, 128))
    image = image or source.convert(mode)
    flat = images.flatten(image)
    assert flat.mode == "RGB" and flat.size == (5, 3)
    if mode not in ("1", "LAB"):
        assert abs(flat.getpixel((0, 0))[0] - 200) <= 2


def test_transparent_becomes_white():
    image = Image.new("RGBA", (2, 1), (255, 0, 0, 0))
    image.putpixel((1, 0), (255, 0, 0, 255))
    flat = images.flatten(image)
    assert flat.getpixel((0, 0)) == (255, 255, 255) and flat.getpixel((1, 0)) == (255, 0, 0)


def test_exif_turns_a_picture_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    data = encoded(Image.new("RGB", (20, 10)), "JPEG", exif=exif)
    assert images.load_image(data).size == (10, 20)


@pytest.mark.parametrize("broken", ["truncated", "text", "svg", "empty"])
def test_broken_files_are_named_in_one_line(broken, tmp_path):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    data = {
        "truncated": encoded(noise, "JPEG")[:900],
        "text": b"not a picture",
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "empty": b"",
    }[broken]
    path = tmp_path / "drawing.png"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"drawing\.png: [^\n]+$"):
        images.load_image(path)
    with pytest.raises(ValueError, match=r"missing\.png: no such file"):
        images.load_image(tmp_path / "missing.png")


def test_image_bombs_are_refused_before_decoding(monkeypatch):
    monkeypatch.setattr(load, "MAX_PIXELS", 99)
    with pytest.raises(ValueError, match="10×10 pixels are too many"):
        images.load_image(encoded(Image.new("RGB", (10, 10)), "PNG"))


def test_snapping_finds_the_nearest_label():
    rng = np.random.default_rng(0)
    index = rng.integers(0, len(FACADE_PALETTE), (9, 7))
    exact = np.array([color for _, color in FACADE_PALETTE])[index]
    noisy = (exact + rng.integers(-12, 13, exact.shape)).clip(0, 255).astype(np.uint8)
    snapped = images.snap_to_palette(Image.fromarray(noisy), FACADE_PALETTE)
    assert np.array_equal(np.asarray(snapped), exact)
    assert np.array_equal(images.palette_index(noisy, FACADE_PALETTE), index)


def test_a_hole_is_filled_with_what_is_around_it():
    rgb, known = torch.full((1, 3, 32, 32), 0.25), torch.ones(1, 1, 32, 32, dtype=torch.bool)
    known[..., 4:30, 2:27] = False
    rgb[~known.expand_as(rgb)] = -1  # what lies in the hole must not matter
    assert torch.allclose(images.fill_smoothly(rgb, known), torch.full_like(rgb, 0.25))
    ramp = torch.linspace(-1, 1, 32).expand(1, 3, 32, 32)
    hole = torch.zeros(1, 1, 32, 32, dtype=torch.bool)
    hole[..., 12:18, 12:18] = True
    filled = images.punch_holes(ramp, hole)
    assert (filled[:, :3] - ramp).abs().max() < 0.15 and torch.equal(filled[:, 3:] > 0, hole)
    assert torch.equal(images.fill_smoothly(ramp, ~hole)[:, :, :12], ramp[:, :, :12])
    nothing = torch.zeros(1, 1, 32, 32, dtype=torch.bool)
    assert torch.equal(images.fill_smoothly(ramp, nothing), torch.zeros(1, 3, 32, 32))


def test_known_pixels_of_a_picture_with_holes_are_kept():
    picture = Image.new("RGBA", (32, 32), (10, 200, 30, 255))
    picture.paste((0, 0, 0, 0), (8, 8, 16, 16))
    seen = images.image_to_input(picture, "holes", 32)
    assert seen.shape == (1, 4, 32, 32) and (seen[0, 3] > 0).sum() == 64
    answer = images.output_to_rgb(seen, torch.ones(1, 3, 32, 32), "holes", "rgb")
    hole = seen[0, 3] > 0
    assert (answer[0, :, hole] == 1).all() and torch.equal(answer[0, :, ~hole], seen[0, :3, ~hole])


def test_matte_lays_the_picture_on_white():
    seen = torch.full((1, 3, 2, 2), -0.5)
    matte = torch.tensor([[[[-1.0, 1.0], [0.0, 1.0]]]])
    answer = images.output_to_rgb(seen, matte, "rgb", "matte")[0, 0]
    assert answer.tolist() == [[1.0, -0.5], [0.25, -0.5]]


@pytest.mark.parametrize(
    "size, expected",
    [((256, 256), (256, 256)), ((500, 300), (427, 256)), ((1, 1), (256, 256)), ((9000, 90), (1024, 256))],
)
def test_results_keep_the_aspect(size, expected):
    assert images.output_size(*size, 256) == expected
