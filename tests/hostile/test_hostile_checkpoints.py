"""Broken checkpoints and states are refused in one line that names the file; what is whole is loaded."""

import json
import math
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from conftest import save_checkpoint
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from pix2pix import checkpoints

CPU = torch.device("cpu")
WRONG = (None, True, -1, 0, 1.5, 10**400, math.inf, math.nan, "", "no", "\0", [], [1], {}, {"a": 1})
SMALL = {"crop_size": 32, "load_size": 32}
FEW = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    return save_checkpoint(tmp_path_factory.mktemp("whole"), "facades", **SMALL)


@pytest.fixture
def folder(whole, tmp_path) -> Path:
    """A copy to break."""
    for path in whole.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def said(work: Callable[[], object]) -> str:
    """What the one line says; "" where there is nothing to complain of."""
    try:
        work()
    except ValueError as error:
        assert "\n" not in str(error) and len(str(error)) < 600, str(error)
        return str(error)
    return ""


def load(folder: Path) -> str:
    return said(lambda: (checkpoints.load_generator(folder), checkpoints.load_discriminator(folder)))


# --- config.json ---------------------------------------------------------------------------------------


def test_the_whole_one_is_loaded(folder):
    assert load(folder) == ""


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{}", "3", '"x"', "{", "{'a': 1}", "[" * 100_000, '{"generator": NaN}', "\ufeff{}"],
)
def test_no_config(folder, text):
    (folder / "config.json").write_text(text, encoding="utf-8")
    assert re.match(r".*config\.json: ", load(folder))


def places(config: dict, at: tuple = ()) -> list[tuple]:
    found = []
    for name, value in config.items():
        found += [(*at, name), *(places(value, (*at, name)) if isinstance(value, dict) else [])]
    return found


FREE = {"machine", "steps", "steps_before"}  # told, not used


def test_every_field_with_every_wrong_type(whole, folder):
    """A value of another type is refused; one that is loaded all the same must be of the field's own type."""
    config = json.loads((whole / "config.json").read_text())
    tried = 0
    for place in places(config):
        for wrong in WRONG:
            broken = json.loads(json.dumps(config))
            inner = broken
            for name in place[:-1]:
                inner = inner[name]
            before, inner[place[-1]] = inner[place[-1]], wrong
            (folder / "config.json").write_text(json.dumps(broken))
            answer = said(lambda: checkpoints.load_settings(folder))
            tried += 1
            if answer:
                assert "config.json: " in answer
            elif place[0] not in ("recipe", "training") and wrong != before:
                number = isinstance(before, int | float) and not isinstance(before, bool)
                same = isinstance(wrong, type(before)) or (number and isinstance(wrong, int | float))
                assert same and not isinstance(wrong, bool) and wrong != "", (place, wrong)
    assert tried > 500


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("generator", "ngf"), "32", r'generator\.ngf is "32"; expected a whole number'),
        (("generator", "ngf"), 10**6, r"generator\.ngf is 1000000; expected 1 to 512"),
        (("generator", "skips"), "no", r'generator\.skips is "no"; expected true or false'),
        (("generator", "skips"), 1, r"generator\.skips is 1; expected true or false"),
        (("generator", "image_size"), 100, r"generator\.image_size is 100; expected one of: 8, 16"),
        (("generator", "in_channels"), 4, r"generator\.in_channels is 4; expected \d+ for rgb → rgb"),
        (("generator", "wide"), 1, r'generator\."wide" is not known; was it written by a newer version'),
        (("discriminator", "n_layers"), 6, r"n_layers is 6; expected one of: 0, 1, 2, 3, 4, 5"),
        (("discriminator", "in_channels"), 5, r"discriminator\.in_channels is 5; expected \d+ or 3"),
        (("output_kind",), "hsv", r'output_kind is "hsv"; expected one of: ab, matte, rgb'),
        (("output_kind",), "ab", r"input_kind → output_kind is rgb → ab; expected one of"),
        (("task",), "a\nb", r"task is .*; expected a name of 1 to 100 printable characters"),
        (("later",), 1, r'"later" is not known'),
    ],
)
def test_a_field_that_would_give_a_wrong_picture(folder, place, value, message):
    config = json.loads((folder / "config.json").read_text())
    inner = config
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    (folder / "config.json").write_text(json.dumps(config))
    assert re.search(message, load(folder))


@pytest.mark.parametrize("name", ["task", "input_kind", "generator", "discriminator", "recipe", "training"])
def test_a_missing_field(folder, name):
    config = json.loads((folder / "config.json").read_text())
    del config[name]
    (folder / "config.json").write_text(json.dumps(config))
    assert f"config.json: {name} is missing" in load(folder)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.slow
@FEW
@given(st.data())
def test_mutated_configs(whole, tmp_path_factory, data):
    config = json.loads((whole / "config.json").read_text())
    for _ in range(data.draw(st.integers(1, 3))):
        inner = config
        while True:
            name = data.draw(st.sampled_from(sorted(inner) or ["new"]))
            if not isinstance(inner.get(name), dict) or data.draw(st.booleans()):
                break
            inner = inner[name]
        action = data.draw(st.sampled_from(("set", "drop", "add")))
        if action == "drop":
            inner.pop(name, None)
        else:
            inner[name if action == "set" else data.draw(st.text(max_size=5))] = data.draw(JSON)
    folder = tmp_path_factory.mktemp("mutated")
    (folder / "config.json").write_text(json.dumps(config))
    answer = said(lambda: checkpoints.load_settings(folder))
    if not answer:
        checkpoints.build_generator(config)
        checkpoints.build_discriminator(config)


# --- Weights -------------------------------------------------------------------------------------------

FIRST = "down_convs.1.weight"


def set_one(number: float) -> Callable[[dict], None]:
    def change(tensors: dict) -> None:
        tensors["up_norms.0.weight"][1] = number

    return change


def replaced(name: str, change: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[dict], None]:
    def apply(tensors: dict) -> None:
        tensors[name] = change(tensors[name]).contiguous()

    return apply


BROKEN_WEIGHTS = {
    "NaN": (set_one(math.nan), "hold NaN or infinite numbers"),
    "infinite": (set_one(math.inf), "hold NaN or infinite numbers"),
    "NaN scale": (replaced(f"{FIRST}.scale", lambda t: t * math.nan), "hold NaN"),
    "negative scale": (replaced(f"{FIRST}.scale", lambda t: -t), "scale' are negative; expected 0 or more"),
    "one row of int8": (replaced(FIRST, lambda t: t[:1]), "tensors differ, first 'down_convs.1.weight'"),
    "one scale": (
        replaced(f"{FIRST}.scale", lambda t: t[:1]),
        r"scale' are float32 \(1,\); expected .*\(8,\)",
    ),
    "scale of no dimension": (replaced(f"{FIRST}.scale", lambda t: t[0]), r"scale' are float32 \(\)"),
    "int64 scale": (replaced(f"{FIRST}.scale", lambda t: t.long()), r"scale' are int64"),
    "int64": (replaced(FIRST, lambda t: t.long()), "are int64 with scales; expected floating-point"),
    "int64 norm": (replaced("up_norms.0.weight", lambda t: t.long()), "are int64; expected floating-point"),
    "bool": (replaced("up_norms.0.weight", lambda t: t.bool()), "are bool; expected floating-point"),
    "int8 norm": (replaced("up_norms.0.weight", lambda t: t.to(torch.int8)), "are int8 without scales"),
    "no scale": (lambda tensors: tensors.pop(f"{FIRST}.scale"), "are int8 without scales"),
    "no tensor": (lambda tensors: tensors.pop("up_norms.0.bias"), "expected .*, found none"),
    "another tensor": (lambda tensors: tensors.update(x=torch.ones(1)), "expected none, found"),
    "a scale of nothing": (
        lambda tensors: tensors.update({"x.scale": torch.ones(1)}),
        "belongs to no tensor",
    ),
    "floats with a scale": (replaced(FIRST, lambda t: t.float()), "are float32 with scales"),
    "flat": (replaced(FIRST, lambda t: t.flatten()), "tensors differ, first"),
    "no dimension": (replaced("up_norms.0.weight", lambda t: t[0]), "tensors differ, first"),
}


@pytest.mark.parametrize("name", BROKEN_WEIGHTS)
def test_weights_that_do_not_fit(folder, name):
    change, message = BROKEN_WEIGHTS[name]
    tensors = load_file(folder / "generator.safetensors")
    change(tensors)
    save_file(tensors, folder / "generator.safetensors")
    answer = load(folder)
    assert answer.startswith(f"{folder / 'generator.safetensors'}: ") and re.search(message, answer), answer


def test_float32_and_bfloat16_weights_are_taken(folder):
    expected = checkpoints.load_generator(folder).state_dict()
    save_file({name: t.bfloat16() for name, t in expected.items()}, folder / "generator.safetensors")
    assert load(folder) == ""
    save_file(expected, folder / "generator.safetensors")
    found = checkpoints.load_generator(folder).state_dict()
    assert all(torch.equal(found[name], tensor) for name, tensor in expected.items())


@FEW
@given(st.data())
def test_mutated_weights(whole, tmp_path_factory, data):
    """Bytes of the header or of the file's length changed: a generator of finite weights, or one line."""
    folder = tmp_path_factory.mktemp("mutated")
    content = bytearray((whole / "generator.safetensors").read_bytes())
    end = 8 + int.from_bytes(content[:8], "little")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, end))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content))) :]
    (folder / "generator.safetensors").write_bytes(content)
    (folder / "config.json").write_bytes((whole / "config.json").read_bytes())
    found = []
    if not said(lambda: found.append(checkpoints.load_generator(folder))):
        assert all(torch.isfinite(weight).all() for weight in found[0].parameters())
