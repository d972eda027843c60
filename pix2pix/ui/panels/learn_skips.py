"""What the skips carry: the U-Net with skips cut, how far the picture moves, and its feature maps."""

from collections.abc import Mapping

import numpy as np
from PIL import Image

from pix2pix import checkpoints
from pix2pix.images import palette_index
from pix2pix.inference.inspection import FeatureMap, Inspection, strongest
from pix2pix.tasks import FACADE_PALETTE
from pix2pix.ui import pool
from pix2pix.ui.drawing import encode_jpeg, encode_png
from pix2pix.ui.panels.learn_request import (
    ENCODER_DECODER,
    Answer,
    both_terms,
    compute,
    drawing_of,
    exhibit,
)
from pix2pix.ui.scales import HEAT, paint

NAMES = tuple(name for name, _ in FACADE_PALETTE)
LEAST_LIKE = 0.3
"""Correlation with an area below which a map's likeness is not told."""


@exhibit
def learn_skips(sent: Mapping) -> Answer:
    """The drawing with skips cut.

    sent: drawing, seed, cut (sides of the maps whose skips are cut), layer ("encoder 1" … "decoder 7"),
    settled (the pen is up: measure all cuts, and ask the encoder-decoder too).
    Returns whole and cut (pictures), moved, maps (see `describe_map`), layers (name, side, channels); settled
    also effects ([sides cut, moved], the last with all cut) and bottleneck, the encoder-decoder's picture.
    """
    drawing, seed = drawing_of(sent)
    cut = tuple(sorted({int(side) for side in list(sent.get("cut") or [])[:16]}))
    layer, settled = str(sent.get("layer") or "encoder 1"), bool(sent.get("settled"))
    return compute(sent, lambda: inspect(drawing, seed, cut, layer, settled))


def inspect(drawing: Image.Image, seed: int, cut: tuple[int, ...], layer: str, settled: bool) -> Answer:
    """See `learn_skips`. ValueError for a skip or a layer that is not there."""
    inside = Inspection(pool.translators().get(both_terms()), drawing, seed)
    layers = inside.layers(cut)
    layers.popitem()  # the picture itself
    if layer not in layers:
        raise ValueError(f"no layer is called {layer!r}; there are: {', '.join(layers)}")
    side = inside.translator.side
    labels = drawing.resize((side, side), Image.Resampling.NEAREST)
    maps = strongest(layers[layer], palette_index(np.asarray(labels), FACADE_PALETTE), NAMES)
    found: Answer = {
        "skips": list(inside.skips),
        "layers": [[name, maps.shape[-1], maps.shape[1]] for name, maps in layers.items()],
        "layer": layer,
        "whole": encode_jpeg(inside.picture()),
        "cut": encode_jpeg(inside.picture(cut)),
        "moved": inside.moved(cut) if cut else 0.0,
        "maps": [describe_map(one) for one in maps],
    }
    if settled:
        found["effects"] = [[list(sides), moved] for sides, moved in inside.effects()]
        found["bottleneck"] = None
        if ENCODER_DECODER in checkpoints.available():
            picture = pool.translators().get(ENCODER_DECODER).translate(drawing, seed)
            found["bottleneck"] = encode_jpeg(picture)
    return found


def describe_map(one: FeatureMap) -> Answer:
    """channel, strength, picture (one pixel a place), like: "window .62", "" where it resembles no area."""
    like = ""
    if one.likeness and one.likeness[1] >= LEAST_LIKE:
        like = f"{one.likeness[0]} {one.likeness[1]:.2f}".replace(" 0.", " .")
    picture = encode_png(paint(one.values, 1, HEAT))
    return {"channel": one.channel, "strength": one.strength, "picture": picture, "like": like}
