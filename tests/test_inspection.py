"""Inside a generator: what is shown is what it computes, and cutting a skip is cutting its weights."""

import numpy as np
import pytest
import torch
from conftest import draw_pair, save_checkpoint
from PIL import Image

from pix2pix import checkpoints
from pix2pix.images import image_to_input, tensor_to_pil
from pix2pix.inference import Translator
from pix2pix.inference.inspection import Inspection, area_shares, most_like, strongest

SIDE = 32
SMALL = {"crop_size": SIDE, "load_size": SIDE}


@pytest.fixture
def folder(tmp_path):
    return save_checkpoint(tmp_path, "facades", **SMALL)


@pytest.fixture
def inspection(folder) -> Inspection:
    return Inspection(Translator(folder, "cpu", "fp32"), draw_pair(3)[1], seed=5)


def test_nothing_cut_is_the_translators_picture(inspection):
    plain = inspection.translator.translate(draw_pair(3)[1], seed=5)
    assert inspection.skips == (2, 4, 8, 16)
    assert inspection.picture().tobytes() == plain.tobytes()
    assert inspection.moved(()) == 0


@pytest.mark.parametrize("cut", [(2,), (16,), (2, 4, 8, 16)])
def test_a_cut_skip_is_one_whose_weights_are_zero(inspection, folder, cut):
    """In the plain network the weights that multiply the skip's half of the input are set to 0."""
    generator = checkpoints.load_generator(folder)
    for side in cut:
        conv = generator.up_convs[side.bit_length() - 1]
        conv.weight[conv.in_channels // 2 :] = 0
    real_a = image_to_input(draw_pair(3)[1], "rgb", SIDE)
    expected = np.asarray(tensor_to_pil(generator(real_a, generator.draw_noise([5]))), int)
    assert np.abs(np.asarray(inspection.picture(cut), int) - expected).max() <= 1
    assert np.abs(np.asarray(inspection.picture(), int) - expected).max() > 1


def test_effects_are_the_mean_difference(inspection):
    effects = inspection.effects()
    assert [cut for cut, _ in effects] == [(2,), (4,), (8,), (16,), (2, 4, 8, 16)]
    for cut, moved in effects:
        assert moved == pytest.approx(inspection.moved(cut)) and moved > 0


def test_layers_are_those_of_the_network(inspection, folder):
    layers = inspection.layers()
    assert list(layers) == [*(f"encoder {i}" for i in range(1, 6)), *(f"decoder {i}" for i in range(1, 6))]
    assert [maps.shape[-1] for maps in layers.values()] == [16, 8, 4, 2, 1, 2, 4, 8, 16, 32]
    output = torch.tanh(layers["decoder 5"])
    picture = inspection.translator.output_pictures(inspection.real_a, output, (SIDE, SIDE))[0]
    assert picture.tobytes() == inspection.picture().tobytes()
    generator = checkpoints.load_generator(folder)
    encoded = generator.encode(image_to_input(draw_pair(3)[1], "rgb", SIDE))
    for number, maps in enumerate(encoded, 1):
        torch.testing.assert_close(layers[f"encoder {number}"], maps, atol=1e-4, rtol=1e-3)


def test_the_strongest_maps_by_hand():
    maps = torch.zeros(1, 5, 8, 8)
    maps[0, 1] = -9  # nothing of it passes the ReLU
    maps[0, 3, :4] = 2
    maps[0, 4, :, :4] = 1
    maps[0, 0, 0, 0] = 0.5
    areas = np.zeros((32, 32), int)
    areas[:16] = 1
    found = strongest(maps, areas, ("wall", "sky"), count=3)
    assert [one.channel for one in found] == [0, 3, 4]
    assert found[1].strength == pytest.approx(2**0.5) and found[1].values.max() == 1
    assert found[1].likeness == ("sky", pytest.approx(1))
    assert found[2].likeness[1] == pytest.approx(0, abs=1e-6)


def test_areas_are_compared_where_there_are_enough_places():
    areas = np.zeros((64, 64), int)
    areas[:, 48:] = 2
    assert area_shares(areas, 3, 4) is None
    shares = area_shares(areas, 3, 8)
    assert shares.shape == (3, 8, 8) and shares.sum(0) == pytest.approx(1)
    assert most_like(np.ones((8, 8)), shares, ("a", "b", "c")) is None  # nothing varies
    assert most_like(shares[2], shares, ("a", "b", "c")) == ("c", pytest.approx(1))


def test_an_encoder_decoder_has_no_skips(tmp_path):
    folder = save_checkpoint(tmp_path, "facades", skips=False, **SMALL)
    inspection = Inspection(Translator(folder, "cpu"), Image.new("RGB", (SIDE, SIDE)))
    assert inspection.skips == () and inspection.layers()["decoder 1"].shape[-1] == 2
    with pytest.raises(ValueError, match="no skip of side 2; there are: none: this network"):
        inspection.picture((2,))
