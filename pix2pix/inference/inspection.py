"""A look inside a generator: its skips cut one by one (paper §3.2, figure 5), and its feature maps.

A cut skip passes zeros; everything else stays as it was trained. So this measures what a trained U-Net gets
through a skip; the paper's encoder-decoder was trained without any and can make up for them. Knows nothing
about the page.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from pix2pix.inference.packed import PackedGenerator
from pix2pix.inference.quantize import RELU
from pix2pix.inference.translator import DEFAULT_SEED, Translator
from pix2pix.models.generator import Noise

STRONGEST = 16
LEAST_SIDE = 8
"""Side of the smallest map that is compared with areas: of fewer places anything looks like anything."""


@dataclass(frozen=True)
class FeatureMap:
    """One channel of a layer, as the decoder receives it: after a ReLU.

    strength: its root mean square. values: float32 (H, W), 0 to 1, its largest value is 1.
    likeness: the area that it resembles most and their correlation, None where the map is too small.
    """

    channel: int
    strength: float
    values: np.ndarray
    likeness: tuple[str, float] | None = None


class Inspection:
    """One picture inside one network, encoded once; decoded as often as asked for, always with the same z."""

    def __init__(self, translator: Translator, image: Image.Image, seed: int = DEFAULT_SEED):
        self.translator, self.size = translator, image.size
        generator = translator.generator
        self.generator: PackedGenerator = generator
        self.z: Noise = translator.noise([seed])
        with torch.inference_mode():
            self.real_a = translator.network_input(image, translator.wish("seed", seed))
            given = self.real_a.to(translator.device, translator.dtype, memory_format=torch.channels_last)
            self.features = generator.encode(given)

    @property
    def skips(self) -> tuple[int, ...]:
        """Side of the map that each skip carries, innermost first: 2, 4 … 128. () for an encoder-decoder."""
        return tuple(2**level for level in range(1, len(self.features))) if self.generator.skips else ()

    def picture(self, cut: Collection[int] = ()) -> Image.Image:
        """The network's picture with these skips cut, each named by its map's side."""
        return self.translator.output_pictures(self.real_a, self._output(cut), self.size)[0]

    def moved(self, cut: Collection[int]) -> float:
        """How far the picture moves when these skips are cut: the mean difference in levels of 255."""
        pictures = (np.asarray(self.picture(each), np.float32) for each in ((), cut))
        return float(np.abs(np.subtract(*pictures)).mean())

    def effects(self) -> list[tuple[tuple[int, ...], float]]:
        """(skips cut, `moved`) for each skip alone, innermost first, then for all of them together."""
        whole = np.asarray(self.picture(), np.float32)
        cuts = [*((side,) for side in self.skips), self.skips]
        return [
            (cut, float(np.abs(np.asarray(self.picture(cut), np.float32) - whole).mean())) for cut in cuts
        ]

    def layers(self, cut: Collection[int] = ()) -> dict[str, Tensor]:
        """What each layer gives, before its activation: "encoder 1" to "decoder 8", each (1, C, H, W).

        The last is the picture before its tanh.
        """
        with torch.inference_mode():
            decoded = self._decoder_maps(self._cut(cut))
        encoded = {f"encoder {number}": maps for number, maps in enumerate(self.features, 1)}
        return encoded | {f"decoder {number}": maps for number, maps in enumerate(decoded, 1)}

    def _output(self, cut: Collection[int]) -> Tensor:
        with torch.inference_mode():
            return self.generator.decode(self._cut(cut), self.z)

    def _cut(self, cut: Collection[int]) -> list[Tensor]:
        if unknown := sorted(set(cut) - set(self.skips)):
            there = ", ".join(map(str, self.skips)) or "none: this network is an encoder-decoder"
            raise ValueError(f"no skip of side {unknown[0]}; there are: {there}")
        # The last feature is the bottleneck: no skip, and of side 1.
        return [torch.zeros_like(maps) if maps.shape[-1] in cut else maps for maps in self.features]

    def _decoder_maps(self, features: list[Tensor]) -> list[Tensor]:
        """As `PackedGenerator.decode`, every layer kept."""
        x, kept = features[-1], []
        for level, (conv, norm) in enumerate(
            zip(self.generator.up_convs, self.generator.up_norms, strict=True)
        ):
            x = norm(conv([x, features[-1 - level]] if self.generator.skips and level > 0 else [x], RELU))
            if level < len(self.z) and self.z[level] is not None:
                x = x * self.z[level]
            kept.append(x)
        return kept


def strongest(
    maps: Tensor, areas: np.ndarray | None = None, names: tuple[str, ...] = (), count: int = STRONGEST
) -> list[FeatureMap]:
    """The `count` strongest channels of a layer (1, C, H, W), in the order of their numbers.

    areas: int (S, S), the area of each pixel of the input, an index into `names`; None where it has none.
    """
    received = F.relu(maps[0].float()).cpu()
    strength = received.square().mean((1, 2)).sqrt()
    chosen = strength.argsort(descending=True, stable=True)[:count].sort().values
    shares = None if areas is None else area_shares(areas, len(names), received.shape[-1])
    found = []
    for channel in chosen.tolist():
        values = received[channel].numpy()
        likeness = None if shares is None else most_like(values, shares, names)
        top = max(float(values.max()), 1e-12)
        found.append(FeatureMap(channel, float(strength[channel]), values / top, likeness))
    return found


def area_shares(areas: np.ndarray, count: int, side: int) -> np.ndarray | None:
    """int (S, S) → float32 (count, side, side): the part of a cell that an area covers; None if too small."""
    if side < LEAST_SIDE:
        return None
    masks = torch.from_numpy(np.stack([areas == index for index in range(count)]).astype(np.float32))
    return F.adaptive_avg_pool2d(masks[None], side)[0].numpy()


def most_like(values: np.ndarray, shares: np.ndarray, names: tuple[str, ...]) -> tuple[str, float] | None:
    """The area with which a map (H, W) correlates most, and the correlation; None if nothing varies."""
    value = (values - values.mean()).ravel()
    share = (shares - shares.mean((1, 2), keepdims=True)).reshape(len(shares), -1)
    scale = np.linalg.norm(share, axis=1) * np.linalg.norm(value)
    if not (scale > 0).any():
        return None
    correlation = np.divide(share @ value, scale, out=np.full(len(shares), -np.inf), where=scale > 0)
    best = int(correlation.argmax())
    return names[best], float(correlation[best])
