"""The Translator: any picture in, the translated picture out. App, command line and evaluation all use it.

Pre- and post-processing travel with the weights (config.json). Same picture, same seed, same machine: the
same bytes. Knows nothing about training or the page.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeGuard

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pix2pix import checkpoints, color_wish
from pix2pix.color_wish import Color
from pix2pix.devices import compute_type, give_back_memory, pick_device
from pix2pix.images import (
    image_to_input,
    output_size,
    output_to_rgb,
    pil_to_tensor,
    rgb_to_lab,
    tensor_to_pils,
)
from pix2pix.inference.full_size import full_picture
from pix2pix.inference.full_tiles import LargeNoise, bottleneck_of_one, squares
from pix2pix.inference.packed import PackedGenerator
from pix2pix.inference.precision import resolve_precision
from pix2pix.inference.pretrained import Pretrained
from pix2pix.models.cuda_graphs import Captured
from pix2pix.models.discriminators import PatchDiscriminator
from pix2pix.models.generator import NOISY_LAYERS, Noise

DEFAULT_SEED = 0

# A color wish: an RGB color, None for none, "seed" for one that the seed draws from the photos' colors.
Wish = Color | str | None


class Translator(Pretrained):
    """A checkpoint, ready to translate.

    name: a checkpoint's name, its folder, or hf://owner/name. device: "auto", "cpu" or "cuda". precision:
    "auto" (the quickest that this processor has instructions for), "int8", "bf16" or "fp32", or one of
    `devices.RESOLVED`; what it became is `self.precision`. Raises ValueError in one line for a checkpoint
    that does not exist or does not fit its config, and for a precision that this machine lacks.
    """

    def __init__(self, name: str | Path, device: str = "auto", precision: str = "auto"):
        self.folder = checkpoints.find(name)
        self.settings = checkpoints.load_settings(self.folder)
        self.device = pick_device(device)
        self.asked_precision = precision
        self.precision = resolve_precision(precision, self.device)
        self.dtype = compute_type(self.precision, self.device)
        self.input_kind, self.output_kind = self.settings["input_kind"], self.settings["output_kind"]
        generator = checkpoints.load_generator(self.folder).to(self.device, memory_format=torch.channels_last)
        self.generator = PackedGenerator(generator, self.dtype, self.precision.startswith("int8"))
        self.side = self.generator.image_size
        self.knows_colors = bool(self.settings.get("color_wish"))
        self.colors: list[Color] = [tuple(color) for color in self.settings.get("colors", [])]
        self._discriminator: PatchDiscriminator | None = None
        self._large: PackedGenerator | None = None  # for larger images, made when one is wanted
        self._captured: dict[tuple[bool, ...], Captured] = {}  # by which layers are noisy

    @property
    def discriminator(self) -> PatchDiscriminator:
        """The discriminator of the same run, loaded on first use. ValueError where the run had none."""
        if self._discriminator is None:
            if not (self.folder / "discriminator.safetensors").is_file():
                raise ValueError(f"{self.folder.name} was trained without a discriminator")
            self._discriminator = checkpoints.load_discriminator(self.folder).to(self.device)
        return self._discriminator

    def translate(
        self,
        image: Image.Image,
        seed: int | None = DEFAULT_SEED,
        color: Wish = "seed",
        size: str = "256",
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> Image.Image:
        """A PIL image of any size and mode → "RGB" at the input's aspect, its short side `self.side`.

        seed: of the noise z; None leaves the noise out, which is outside what was trained but smooth.
        color: the main color wished for, RGB of 0 to 255; None for no wish; "seed" for one that the seed
        draws from the training photos' colors. Checkpoints that know no wishes: None and "seed" change
        nothing, a color raises ValueError.
        size: "256" for the network's own, "512", "1024" or "full"; what these mean for a checkpoint stands in
        full_size.py. What is cut out comes as "RGBA" then. progress: called with the tiles or crops done, and
        how many there are.
        """
        if size != "256":
            return full_picture(self, image, size, seed, color, progress)
        return self.native(image, seed, color)

    def native(
        self, image: Image.Image, seed: int | None, color: Wish, size: tuple[int, int] | None = None
    ) -> Image.Image:
        """The network's own image, resized to `size` (width, height); None: short side `self.side`."""
        real_a, answer = self.seen(image, seed, color)
        return self.output_pictures(real_a, answer, image.size, size)[0]

    def seen(self, image: Image.Image, seed: int | None, color: Wish) -> tuple[Tensor, Tensor]:
        """What the network is given for an image, and its answer: (1, C, S, S) in [-1, 1], float32."""
        real_a = self.network_input(image, self.wish(color, seed))
        answer = self.answer(real_a, self.noise([seed]) if seed is not None else [])
        return real_a, answer.cpu().float()

    def large_noise(self, size: tuple[int, int], seed: int | None) -> LargeNoise:
        """z of an image of (width, height) pixels."""
        return LargeNoise(self.generator, seed, *squares(size, self.side))

    def large_work(self, wish: Color | None) -> Callable[[Tensor, Noise], Tensor]:
        """The generator for inputs (1, 3, H, W) of whole multiples of `self.side`, and their noise."""
        if self._large is None:
            generator = checkpoints.load_generator(self.folder)
            generator = bottleneck_of_one(generator).to(self.device, memory_format=torch.channels_last)
            self._large = PackedGenerator(generator, self.dtype, self.precision.startswith("int8"))
        generator = self._large

        def work(real_a: Tensor, z: Noise) -> Tensor:
            if self.knows_colors:
                channels = torch.from_numpy(color_wish.wish_channels(wish, 1)).expand(
                    -1, -1, *real_a.shape[2:]
                )
                real_a = torch.cat((real_a, channels), 1)
            masks = [mask if mask is None else mask.to(self.device, self.dtype) for mask in z]
            with torch.inference_mode():
                real_a = real_a.to(self.device, self.dtype, memory_format=torch.channels_last)
                return generator.decode(generator.encode(real_a), masks)

        return work

    def wish(self, color: Wish, seed: int | None) -> Color | None:
        """The color that `translate` and `sample` give the network. ValueError where it knows no wishes."""
        if color == "seed":
            return color_wish.color_of_seed(self.colors, seed) if seed is not None else None
        if color is None:
            return None
        if not self.knows_colors:
            raise ValueError(f"{self.folder.name} was trained without color wishes; leave the color out")
        if not is_color(color):
            raise ValueError(f"color is {color!r}; expected (red, green, blue), each from 0 to 255")
        return color

    def sample(
        self,
        image: Image.Image,
        seeds: list[int],
        rate: float | None = None,
        layers: tuple[bool, ...] = (True,) * NOISY_LAYERS,
        color: Wish = "seed",
    ) -> list[Image.Image]:
        """One picture for each seed, as `translate` makes it (paper §3.2, the stochastic output).

        rate: dropout rate, None for training's. layers: which of the three noisy layers are on. color: as for
        `translate`. Where all have the same wish, or none (dropout alone), the encoder and the skip half of
        every decoder layer run once for all.
        """
        wishes = [self.wish(color, seed) for seed in seeds]
        if len(set(wishes)) > 1:
            alone = zip(seeds, wishes, strict=True)
            return [self._pictures(image, self.noise([s], rate, layers), wish)[0] for s, wish in alone]
        pictures = self._pictures(image, self.noise(seeds, rate, layers), wishes[0] if wishes else None)
        return pictures if len(pictures) == len(seeds) else pictures * len(seeds)

    def critique(self, image: Image.Image, picture: Image.Image, color: Color | None = None) -> np.ndarray:
        """What the run's own discriminator says of `picture` as the answer to `image` and to a color wish.

        Returns probabilities of 'real', float32 (M, M), one a patch; M is 30 for the 70×70 discriminator. A
        score is relative to this discriminator and not a measure of realism.
        """
        real_a = self.network_input(image, color)
        fake_b = self._as_target(picture)
        shown: tuple[Tensor, ...] = (real_a, fake_b)
        if self.settings["discriminator"]["in_channels"] == fake_b.shape[1]:
            shown = (fake_b,)  # an unconditional D sees the picture alone
        with torch.inference_mode():
            logits = self.discriminator(*(part.to(self.device) for part in shown))
        return torch.sigmoid(logits.float())[0, 0].cpu().numpy()

    def noise(
        self, seeds: list[int], rate: float | None = None, layers: tuple[bool, ...] = (True,) * NOISY_LAYERS
    ) -> Noise:
        masks = self.generator.draw_noise(seeds, rate, layers)
        return [mask if mask is None else mask.to(self.device, self.dtype) for mask in masks]

    def answer(self, real_a: Tensor, z: Noise) -> Tensor:
        """The network's own answer: real_a (1, C, S, S) in [-1, 1] → (N, C, S, S), of the compute type."""
        with torch.inference_mode():
            real_a = real_a.to(self.device, self.dtype, memory_format=torch.channels_last)
            if any(mask is not None and mask.shape[0] > 1 for mask in z):
                return self.generator.decode_many(self.generator.encode(real_a), z)
            return self._one(real_a, z)

    def _one(self, real_a: Tensor, z: Noise) -> Tensor:
        """One picture; on a GPU from a captured graph, since launching kernels takes longer than they do."""

        def work(real_a: Tensor, *z: Tensor | None) -> dict[str, Tensor]:
            return {"fake_b": self.generator.decode(self.generator.encode(real_a), list(z))}

        run: Callable[..., dict[str, Tensor]] = work
        if self.device.type == "cuda":
            noisy = tuple(mask is not None for mask in z)
            if noisy not in self._captured:
                self._captured[noisy] = Captured(work)
            run = self._captured[noisy]
        return run(real_a, *z)["fake_b"]

    def network_input(self, image: Image.Image, color: Color | None) -> Tensor:
        """What the generator is given: (1, C, S, S) in [-1, 1], the wish's channels last."""
        real_a = image_to_input(image, self.input_kind, self.side)
        if not self.knows_colors:
            return real_a
        return torch.cat((real_a, torch.from_numpy(color_wish.wish_channels(color, self.side))), 1)

    def _pictures(self, image: Image.Image, z: Noise, color: Color | None = None) -> list[Image.Image]:
        real_a = self.network_input(image, color)
        return self.output_pictures(real_a, self.answer(real_a, z), image.size)

    def output_pictures(
        self, real_a: Tensor, fake_b: Tensor, size: tuple[int, int], wanted: tuple[int, int] | None = None
    ) -> list[Image.Image]:
        """The network's output (N, C, S, S) for real_a (1, C, S, S) → pictures. size: of the given image.

        wanted: size of the pictures; None for `size` with its short side at `self.side`.
        """
        fake_b, size = fake_b.cpu().float(), wanted or output_size(*size, self.side)
        rgb = output_to_rgb(real_a.expand(len(fake_b), -1, -1, -1), fake_b, self.input_kind, self.output_kind)
        return [
            picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)
            for picture in tensor_to_pils(rgb)
        ]

    def _as_target(self, picture: Image.Image) -> Tensor:
        """A picture as the discriminator saw targets in training."""
        rgb = pil_to_tensor(picture.convert("RGB").resize((self.side, self.side), Image.Resampling.BICUBIC))
        if self.output_kind == "ab":
            return rgb_to_lab(rgb)[:, 1:]
        return rgb.mean(1, keepdim=True) if self.output_kind == "matte" else rgb


def is_color(value: object) -> TypeGuard[Color]:
    if not isinstance(value, tuple | list) or len(value) != 3:
        return False
    return all(isinstance(v, int) and 0 <= v <= 255 for v in value)


class TranslatorPool:
    """Translators by name, loaded on first use; the least recently used goes when there are too many.

    limit: how many stay in memory (one takes about 60 MB at ngf 32). Safe to use from several threads.
    """

    def __init__(self, device: str = "auto", limit: int = 6):
        self.device, self.limit = device, limit
        self._loaded: OrderedDict[str, Translator] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: str) -> Translator:
        """The translator called `name`. ValueError in one line where there is no such checkpoint."""
        with self._lock:
            if name not in self._loaded:
                checkpoints.find(name)  # a name that is wrong makes nobody else's model go
                # Room first: loading takes twice a model's size.
                self._drop(len(self._loaded) - self.limit + 1)
                self._loaded[name] = Translator(name, self.device)
                give_back_memory()
            self._loaded.move_to_end(name)
            return self._loaded[name]

    def keep(self, names: Collection[str]) -> None:
        """Drop all translators but those called `names`."""
        with self._lock:
            for name in set(self._loaded) - set(names):
                del self._loaded[name]
            give_back_memory()

    def _drop(self, count: int) -> None:
        """The `count` least recently used ones go."""
        for _ in range(count):
            self._loaded.popitem(last=False)
        if count > 0:
            give_back_memory()

    def loaded(self) -> list[str]:
        """Names of the translators now in memory."""
        with self._lock:
            return list(self._loaded)
