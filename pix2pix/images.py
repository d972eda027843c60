"""Pictures in, pictures out: the one file that changes value range and layout.

Inside the package a picture is a float tensor (N, C, H, W) in [-1, 1]; outside it is a PIL image.
Files are decoded in pix2pix/decoding. Knows nothing about networks or tasks.
"""

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from pix2pix.decoding import SUFFIXES, load_image, normalise_mode

__all__ = ["SUFFIXES", "load_image"]  # at home in pix2pix.decoding

WHITE = (255, 255, 255)


def flatten(image: Image.Image) -> Image.Image:
    """Any PIL image → "RGB"; what is transparent becomes white."""
    image = normalise_mode(image)
    if image.mode == "RGB":
        return image
    page = Image.new("RGB", image.size, WHITE)
    page.paste(image, mask=image.getchannel("A"))
    return page


def split_halves(picture: Image.Image, name: str) -> tuple[Image.Image, Image.Image]:
    """A side-by-side pair → (left, right). ValueError names a picture of odd width."""
    width, height = picture.size
    if width % 2 or width < 2:
        raise ValueError(f"{name}: is {width} pixels wide; expected an even width, two halves side by side")
    return picture.crop((0, 0, width // 2, height)), picture.crop((width // 2, 0, width, height))


def pil_to_tensor(image: Image.Image) -> Tensor:
    """PIL "RGB" or "L" → (1, C, H, W) in [-1, 1]."""
    return array_to_tensor(np.asarray(image))


def array_to_tensor(array: np.ndarray) -> Tensor:
    """uint8 (H, W) or (H, W, C) in [0, 255] → (1, C, H, W) in [-1, 1]."""
    array = array[..., None] if array.ndim == 2 else array
    return torch.from_numpy(array.transpose(2, 0, 1)[None].copy()).float() / 127.5 - 1


def tensor_to_array(tensor: Tensor) -> np.ndarray:
    """(N, C, H, W) in [-1, 1] → uint8 (N, H, W, C) in [0, 255], rounded."""
    # Conversions to uint8 are not vectorised, those to int8 are; the highest bit tells the two apart.
    levels = (tensor.detach().float().clamp(-1, 1) * 127.5).sub_(0.5).round_().to(torch.int8)
    return levels.view(torch.uint8).bitwise_xor_(128).permute(0, 2, 3, 1).cpu().numpy()


def tensor_to_pils(tensor: Tensor) -> list[Image.Image]:
    """(N, C, H, W) in [-1, 1], C = 1 or 3 → N PIL "RGB"."""
    arrays = tensor_to_array(tensor)
    if arrays.shape[-1] == 1:
        arrays = arrays.repeat(3, -1)
    return [Image.fromarray(array) for array in arrays]


def tensor_to_pil(tensor: Tensor) -> Image.Image:
    """(1, C, H, W) or (C, H, W) in [-1, 1], C = 1 or 3 → PIL "RGB"."""
    (picture,) = tensor_to_pils(tensor[None] if tensor.dim() == 3 else tensor)
    return picture


def snap_to_palette(image: Image.Image, palette: tuple[tuple[str, tuple[int, int, int]], ...]) -> Image.Image:
    """Every pixel becomes the nearest palette color (Euclidean in RGB). Any mode → "RGB"."""
    colors = np.array([color for _, color in palette], np.uint8)
    return Image.fromarray(colors[palette_index(np.asarray(flatten(image)), palette)])


def palette_index(rgb: np.ndarray, palette: tuple[tuple[str, tuple[int, int, int]], ...]) -> np.ndarray:
    """uint8 (H, W, 3) → int64 (H, W): the nearest entry of the palette for each pixel."""
    packed = rgb.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)  # a color as one number
    found, inverse = np.unique(packed, return_inverse=True)
    pixels = np.stack((found >> 16, found >> 8 & 255, found & 255), -1).astype(np.int64)
    colors = np.array([color for _, color in palette], np.int64)
    nearest = ((pixels[:, None] - colors) ** 2).sum(-1).argmin(-1)
    return nearest[inverse.reshape(rgb.shape[:2])]


def output_size(width: int, height: int, side: int) -> tuple[int, int]:
    """Size at which a result is returned: the input's aspect, its short side `side` pixels,

    its long side at most four times that (a ribbon is not worth more).
    """
    scale = side / min(width, height)
    return min(round(width * scale), 4 * side), min(round(height * scale), 4 * side)


# --- Lab: grayscale → color keeps the L that was given and predicts a and b (paper §4) -----------

# sRGB (D65) primaries in XYZ, and the white point, as in CIE 15 / IEC 61966-2-1.
_RGB_TO_XYZ = torch.tensor(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
)
_WHITE_POINT = torch.tensor([0.950456, 1.0, 1.088754]).view(1, 3, 1, 1)
AB_SCALE = 110.0  # a and b of every sRGB color lie within ±110


def lab_matrices() -> tuple[Tensor, Tensor]:
    """Linear RGB → luminance Y, (3,); XYZ over the white point → linear RGB, (3, 3)."""
    return _RGB_TO_XYZ[1], torch.linalg.inv(_RGB_TO_XYZ) * _WHITE_POINT.view(3)


def srgb_to_linear(value: Tensor) -> Tensor:
    """The curve of sRGB, [0, 1] → [0, 1]."""
    return torch.where(value > 0.04045, ((value + 0.055) / 1.055) ** 2.4, value / 12.92)


def linear_to_srgb(linear: Tensor) -> Tensor:
    """The inverse of `srgb_to_linear`."""
    return torch.where(
        linear > 0.0031308, 1.055 * linear.clamp_min(1e-8) ** (1 / 2.4) - 0.055, 12.92 * linear
    )


def lab_root(xyz: Tensor) -> Tensor:
    """The cube root of Lab, linear near 0."""
    return torch.where(xyz > 0.008856, xyz.clamp_min(1e-6) ** (1 / 3), 7.787 * xyz + 16 / 116)


def lab_cube(f: Tensor) -> Tensor:
    """The inverse of `lab_root`."""
    return torch.where(f > 0.2068966, f**3, (f - 16 / 116) / 7.787)


def rgb_to_lab(rgb: Tensor) -> Tensor:
    """(N, 3, H, W) sRGB in [-1, 1] → (N, 3, H, W) with L/50 - 1, a/110, b/110, each in [-1, 1]."""
    value = ((rgb.float() + 1) / 2).clamp(0, 1)
    linear = srgb_to_linear(value)
    xyz = torch.einsum("ij,njhw->nihw", _RGB_TO_XYZ.to(rgb.device), linear) / _WHITE_POINT.to(rgb.device)
    x, y, z = lab_root(xyz).unbind(1)
    return torch.stack(((116 * y - 16) / 50 - 1, 500 * (x - y) / AB_SCALE, 200 * (y - z) / AB_SCALE), 1)


def lab_to_rgb(lab: Tensor) -> Tensor:
    """The inverse of `rgb_to_lab`; colors outside sRGB are clipped."""
    light, a, b = lab.float().unbind(1)
    y = ((light + 1) * 50 + 16) / 116
    f = torch.stack((y + a * AB_SCALE / 500, y, y - b * AB_SCALE / 200), 1)
    xyz = lab_cube(f) * _WHITE_POINT.to(lab.device)
    linear = torch.einsum("ij,njhw->nihw", torch.linalg.inv(_RGB_TO_XYZ).to(lab.device), xyz).clamp(0, 1)
    return linear_to_srgb(linear).clamp(0, 1) * 2 - 1


# --- From what a network sees and says to a picture ------------------------------------------------

INPUTS = ("rgb", "grey", "holes")  # what a generator is given
OUTPUTS = ("rgb", "ab", "matte")  # what it answers
CHANNELS = {"rgb": 3, "grey": 1, "holes": 4, "ab": 2, "matte": 1}


def image_to_input(image: Image.Image, kind: str, side: int) -> Tensor:
    """Any PIL image → what a generator is given, (1, C, side, side) in [-1, 1].

    "rgb": the picture on white. "grey": its L of Lab. "holes": the picture with what is
    transparent filled from around it, and a fourth channel that is 1 in the holes and -1 elsewhere.
    """
    assert kind in INPUTS, kind
    resample = Image.Resampling.BICUBIC if min(image.size) < 2 * side else Image.Resampling.LANCZOS
    if kind == "holes":
        image = normalise_mode(image).convert("RGBA").resize((side, side), resample)
        hole = pil_to_tensor(image.getchannel("A")) < 0
        return punch_holes(pil_to_tensor(image.convert("RGB")), hole)
    rgb = pil_to_tensor(flatten(image).resize((side, side), resample))
    return rgb_to_lab(rgb)[:, :1] if kind == "grey" else rgb


def punch_holes(rgb: Tensor, hole: Tensor) -> Tensor:
    """(N, 3, H, W) in [-1, 1] and bool (N, 1, H, W) → (N, 4, H, W): holes filled, and where they are.

    A network whose norms take away each map's mean cannot tell the middle of a large hole the color around
    it; so the hole comes in that color, and what is left to be made is what belongs there.
    """
    return torch.cat((fill_smoothly(rgb, ~hole), hole.to(rgb.dtype) * 2 - 1), 1)


def fill_smoothly(rgb: Tensor, known: Tensor) -> Tensor:
    """Pull-push (Gortler et al. 1996, §3.4): what is not known is taken from a picture of half the size.

    rgb (N, 3, H, W), H and W even down to 1, known bool (N, 1, H, W); where nothing is known it is 0.
    """
    there = known.to(rgb.dtype)
    if rgb.shape[-1] == 1 or known.all():
        return rgb * there
    share = F.avg_pool2d(there, 2)
    half = F.avg_pool2d(rgb * there, 2) / share.clamp_min(1e-6)
    pushed = F.interpolate(fill_smoothly(half, share > 0), scale_factor=2, mode="bilinear")
    return rgb * there + pushed * (1 - there)


def input_to_rgb(real_a: Tensor, kind: str) -> Tensor:
    """What a generator is given → a picture of it, (N, 3, H, W) in [-1, 1]; holes are gray."""
    if kind == "grey":
        light = real_a[:, :1]
        return lab_to_rgb(torch.cat((light, torch.zeros_like(light).repeat(1, 2, 1, 1)), 1))
    if kind == "holes":
        return real_a[:, :3].masked_fill(real_a[:, 3:] > 0, 0.0)
    return real_a[:, :3]


def output_to_rgb(real_a: Tensor, answer: Tensor, input_kind: str, output_kind: str) -> Tensor:
    """What a generator answered → the picture, (N, 3, H, W) in [-1, 1].

    "ab" takes its lightness from the input, "matte" lays the input on white by the matte, and a
    picture with holes keeps every pixel that was known: those are given, not to be guessed.
    """
    if output_kind == "ab":
        return lab_to_rgb(torch.cat((real_a[:, :1], answer), 1))
    if output_kind == "matte":
        matte = (answer + 1) / 2
        return real_a[:, :3] * matte + (1 - matte)
    return keep_known(real_a, answer) if input_kind == "holes" else answer


def keep_known(real_a: Tensor, answer: Tensor) -> Tensor:
    """real_a with holes, (N, 4, H, W), and the answer (N, 3, H, W) → real_a with its holes filled from it."""
    return torch.where(real_a[:, 3:] > 0, answer, real_a[:, :3].to(answer.dtype))


def resize(tensor: Tensor, height: int, width: int) -> Tensor:
    """(N, C, H, W) → (N, C, height, width), bicubic as the paper's ports do, kept within [-1, 1]."""
    if tensor.shape[-2:] == (height, width):
        return tensor
    return F.interpolate(tensor, (height, width), mode="bicubic", antialias=True).clamp(-1, 1)


def contact_sheet(rows: list[list[Image.Image]], side: int = 256, gap: int = 4) -> Image.Image:
    """Rows of pictures on one white sheet, each fitted to `side`×`side` pixels."""
    columns = max(len(row) for row in rows)
    sheet = Image.new("RGB", (columns * (side + gap) - gap, len(rows) * (side + gap) - gap), WHITE)
    for y, row in enumerate(rows):
        for x, picture in enumerate(row):
            sheet.paste(flatten(picture).resize((side, side)), (x * (side + gap), y * (side + gap)))
    return sheet
