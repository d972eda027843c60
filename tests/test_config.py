"""Settings: the paper's defaults, mistakes named by their flag, recipes that fit."""

import dataclasses
import math

import pytest

import train
from pix2pix.config import LABEL_MAPS, RANGES, Range, TrainConfig, field_help, field_type
from pix2pix.data.label_rules import RULES
from pix2pix.data.recipes import RECIPES, recipe_config
from pix2pix.models.discriminators import patch_map_size
from pix2pix.tasks import TASKS


def test_defaults_are_the_papers():
    config = TrainConfig()
    assert (config.load_size, config.crop_size, config.ngf, config.ndf, config.n_layers) == (
        286,
        256,
        64,
        64,
        3,
    )
    assert (config.learning_rate, config.beta1, config.beta2, config.lambda_l1) == (2e-4, 0.5, 0.999, 100)
    assert (config.dropout, config.objective, config.flip, config.skips) == (0.5, "l1+cgan", True, True)


def test_every_field_has_its_help():
    assert set(field_help()) == {field.name for field in dataclasses.fields(TrainConfig)}


@pytest.mark.parametrize(
    "wrong, flag",
    [
        ({"objective": "wgan"}, "--objective"),
        ({"n_layers": 6}, "--n-layers"),
        ({"load_size": 100}, "--load-size"),
        ({"crop_size": 100, "load_size": 100}, "--crop-size"),
        ({"batch_size": 0}, "--batch-size"),
        ({"direction": "BtoC"}, "--direction"),
        ({"dropout": 2.0}, "--dropout"),
    ],
)
def test_the_wrong_flag_is_named(wrong, flag):
    with pytest.raises(ValueError, match=flag):
        TrainConfig(**wrong)


def test_command_line_lies_over_the_recipe_over_the_defaults():
    config = train.parse(["--task", "facades", "--data", "d", "--steps", "7", "--no-flip"])
    assert (config.task, config.data, config.steps, config.flip) == ("facades", "d", 7, False)
    assert config.direction == "BtoA" and config.ngf == 32 and config.lambda_l1 == 30 and config.beta1 == 0.5


def test_every_task_has_a_recipe_and_every_recipe_fits():
    assert set(TASKS) <= set(RECIPES)
    for name in RECIPES:
        assert recipe_config(name).task == name


@pytest.mark.parametrize("data_set", ["facades", "cityscapes"])
def test_comparison_runs_differ_from_the_papers_in_the_one_thing_compared(data_set):
    papers = dataclasses.asdict(recipe_config(f"{data_set}-patch70"))
    allowed = {
        "patch1": {"n_layers"},
        "patch16": {"n_layers"},
        "patch286": {"n_layers"},
        "l1": {"objective"},
        "gan": {"objective"},
        "l1-gan": {"objective"},
        "cgan": {"objective"},
        "encdec": {"skips"},
        "encdec-l1": {"skips", "objective"},
        "labels": {"direction"},
        "labels-l1": {"direction", "objective"},
        "labels-cgan": {"direction", "objective"},
    }
    for name, expected in allowed.items():
        other = dataclasses.asdict(recipe_config(f"{data_set}-{name}"))
        assert {key for key in papers if papers[key] != other[key]} == {"task", *expected}


def test_the_way_back_from_streets_is_the_papers_photo_to_labels():
    back, papers = (recipe_config(name) for name in ("street2labels", "cityscapes-labels"))
    assert dataclasses.replace(back, task=papers.task) == papers and back.direction == "AtoB"


def test_label_maps_that_can_be_simplified_are_those_with_rules():
    assert set(LABEL_MAPS) - {""} == set(RULES)
    with pytest.raises(ValueError, match="--simplify is 'houses'; expected one of"):
        TrainConfig(simplify="houses")


def test_comparison_runs_are_the_papers_and_the_studios_are_not():
    beyond = ("antialias", "lambda_perceptual", "color_wish", "simplify", "stretch", "ema", "augment")
    defaults = TrainConfig()
    for name in RECIPES:
        if name.startswith(("facades-", "cityscapes-")) and name != "facades-antialias":
            config = recipe_config(name)
            assert all(getattr(config, key) == getattr(defaults, key) for key in beyond), name
    assert recipe_config("facades").lambda_perceptual and recipe_config("edges2cats").antialias


@pytest.mark.parametrize(
    "wrong, told",
    [
        ({"seed": -1}, "--seed is -1; expected 0 to 9223372036854775807"),
        ({"seed": 2**80}, "--seed"),
        ({"dropout": 1.0}, "--dropout is 1.0; expected 0 to 1, which is left out"),
        ({"dropout": -0.1}, "--dropout"),
        ({"learning_rate": 0.0}, "--learning-rate is 0.0; expected more than 0, up to 1"),
        ({"learning_rate": -1.0}, "--learning-rate"),
        ({"learning_rate": math.inf}, "--learning-rate"),
        ({"beta1": 1.5}, "--beta1 is 1.5; expected 0 to 1, which is left out"),
        ({"beta1": 1.0}, "--beta1"),
        ({"beta2": -0.5}, "--beta2"),
        ({"lambda_l1": -1.0}, "--lambda-l1 is -1.0; expected 0 or more"),
        ({"lambda_l1": math.nan}, "--lambda-l1 is nan; expected 0 or more"),
        ({"lambda_perceptual": math.inf}, "--lambda-perceptual"),
        ({"constant_part": math.nan}, "--constant-part"),
        ({"ema": 1.0}, "--ema"),
        ({"threads": -1}, "--threads is -1; expected 0 to 4096"),
        ({"steps": 0}, "--steps is 0; expected 1 or more"),
        ({"n_layers": 5, "crop_size": 64}, "--n-layers is 5, .* of 64 pixels .*; expected 0 to 4"),
        ({"n_layers": 3, "crop_size": 16}, "--n-layers is 3, .*; expected 0 to 2"),
        ({"steps": "many"}, "--steps is 'many'; expected a whole number"),
        ({"steps": 1.5}, "--steps is 1.5; expected a whole number"),
        ({"flip": 1}, "--flip is 1; expected true or false"),
        ({"dropout": True}, "--dropout is True; expected a number"),
        ({"data": None}, "--data is None; expected text"),
    ],
)
def test_values_out_of_range_are_told_with_the_range(wrong, told):
    with pytest.raises(ValueError, match=told) as caught:
        TrainConfig(**wrong)
    assert "\n" not in str(caught.value)


def test_every_number_has_a_range():
    numbers = {f.name for f in dataclasses.fields(TrainConfig) if field_type(f) in (int, float)}
    assert numbers == set(RANGES) | {"n_layers"}  # whose choices are listed


def test_patches_that_a_discriminator_has_are_allowed():
    """The config's rule is that of the network: a map of scores of at least one."""
    for crop in (16, 32, 64, 128, 256):
        for n_layers in range(6):
            if patch_map_size(n_layers, crop) >= 1:
                TrainConfig(crop_size=crop, n_layers=n_layers)
            else:
                with pytest.raises(ValueError, match="--n-layers"):
                    TrainConfig(crop_size=crop, n_layers=n_layers)
    TrainConfig(crop_size=16, objective="l1")  # has no discriminator


def test_ranges_ask_and_tell():
    assert 1.0 not in RANGES["dropout"] and 0.0 in RANGES["dropout"] and math.nan not in Range(0)
    told = [str(Range(0, 1)), str(Range(2)), str(Range(2, above=True))]
    assert told == ["0 to 1", "2 or more", "more than 2"]
