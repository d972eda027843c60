"""What the tests of the comparison tabs share."""

import numpy as np
from PIL import Image

from pix2pix.images import load_image
from pix2pix.ui.drawing import decode_data_url
from pix2pix.ui.tiles import examples_of

# Models with a discriminator, and the scores along one side of its map.
SIZES = {"facades-patch1": 256, "facades-patch16": 126, "facades-patch70": 30}


def facade(example: int = 0) -> Image.Image:
    return load_image(examples_of("facades")[example])


def pixels(url: str) -> np.ndarray:
    return np.asarray(decode_data_url(url))
