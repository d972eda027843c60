"""Settings: the paper's defaults, mistakes named by their flag, recipes that fit."""

import dataclasses

import pytest

import train
from pix2pix.config import LABEL_MAPS, TrainConfig, field_help
from pix2pix.data.label_rules import RULES
from pix2pix.data.recipes import RECIPES, recipe_config
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


def test_comparison_runs_differ_from_the_papers_in_the_one_thing_compared():
    facades = dataclasses.asdict(recipe_config("facades-patch70"))
    allowed = {
        "facades-patch1": {"n_layers"},
        "facades-patch16": {"n_layers"},
        "facades-patch286": {"n_layers"},
        "facades-l1": {"objective"},
        "facades-cgan": {"objective"},
        "facades-encdec": {"skips"},
        "facades-encdec-l1": {"skips", "objective"},
    }
    for name, expected in allowed.items():
        other = dataclasses.asdict(recipe_config(name))
        assert {key for key in facades if facades[key] != other[key]} == {"task", *expected}


def test_label_maps_that_can_be_simplified_are_those_with_rules():
    assert set(LABEL_MAPS) - {""} == set(RULES)
    with pytest.raises(ValueError, match="--simplify is 'houses'; expected one of"):
        TrainConfig(simplify="houses")


def test_comparison_runs_are_the_papers_and_the_studios_are_not():
    beyond = ("antialias", "lambda_perceptual", "color_wish", "simplify", "stretch", "ema", "augment")
    defaults = TrainConfig()
    for name in RECIPES:
        if name.startswith("facades-") and name != "facades-antialias":
            config = recipe_config(name)
            assert all(getattr(config, key) == getattr(defaults, key) for key in beyond), name
    assert recipe_config("facades").lambda_perceptual and recipe_config("edges2cats").antialias
