"""What config.json of a checkpoint must hold: names, types and ranges, declared once and checked on load.

A checkpoint comes from anywhere, and one that is nearly right gives a wrong image rather than an error. So
unknown fields of the networks are refused too: whoever wrote them meant something by them.
"""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pix2pix import color_wish
from pix2pix.config import KINDS, OBJECTIVES, PAIRS
from pix2pix.images import CHANNELS

MAX_BYTES = 4_000_000  # of config.json


@dataclass(frozen=True)
class Field:
    """One field. kind: float takes whole numbers too; bool is no number. fields: of an object.

    others: an object may hold fields that are not declared.
    """

    kind: type
    needed: bool = True
    allowed: tuple = ()
    low: float = -math.inf
    high: float = math.inf
    fields: dict[str, "Field"] = field(default_factory=dict)
    others: bool = False
    each: "Field | None" = None  # of a list, or of an object whose names are free
    count: int | None = None  # of a list


WIDTH = Field(int, low=1, high=512)
STEPS = Field(int, False, low=0, high=10**12)
PAIRS_OF_KINDS = sorted({*KINDS.values(), ("rgb", "rgb")})

GENERATOR = {
    "in_channels": Field(int, low=1, high=64),
    "out_channels": Field(int, low=1, high=64),
    "ngf": WIDTH,
    "image_size": Field(int, allowed=tuple(2**n for n in range(3, 12))),
    "skips": Field(bool),
    "dropout": Field(float, low=0, high=0.99),
    "noisy_layers": Field(list, False, each=Field(int, low=0, high=10)),
}
DISCRIMINATOR = {
    "in_channels": Field(int, low=1, high=64),
    "ndf": WIDTH,
    "n_layers": Field(int, allowed=tuple(range(6))),
    "antialias": Field(bool, False),
}
RECIPE = {  # what the model card tells; older runs have fields that are no longer known
    "pairs": Field(str, allowed=PAIRS),
    "objective": Field(str, allowed=OBJECTIVES),
    "lambda_l1": Field(float, low=0),
    "ngf": WIDTH,
    "batch_size": Field(int, low=1),
    "seed": Field(int),
    "learning_rate": Field(float, low=0),
    "beta1": Field(float, low=0, high=1),
    "beta2": Field(float, low=0, high=1),
    **{name: Field(str, False) for name in ("title", "line", "canvas", "palette", "full_size")},
}
TRAINING = {
    "steps": STEPS,
    "steps_before": STEPS,
    "machine": Field(str, False),
    "losses": Field(dict, False, each=Field(float)),
}
CONFIG = Field(
    dict,
    fields={
        "task": Field(str),
        "input_kind": Field(str, allowed=tuple(sorted({a for a, _ in PAIRS_OF_KINDS}))),
        "output_kind": Field(str, allowed=tuple(sorted({b for _, b in PAIRS_OF_KINDS}))),
        "color_wish": Field(bool, False),
        "colors": Field(list, False, each=Field(list, each=Field(int, low=0, high=255), count=3)),
        "snapshots": Field(list, False, each=Field(int, low=0)),
        "generator": Field(dict, fields=GENERATOR),
        "discriminator": Field(dict, fields=DISCRIMINATOR),
        "recipe": Field(dict, fields=RECIPE, others=True),
        "training": Field(dict, fields=TRAINING, others=True),
    },
)


def read_config(path: Path) -> dict[str, Any]:
    """A JSON file that holds an object. ValueError names the file and what is wrong with it."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"{path.stat().st_size:,} bytes; expected {MAX_BYTES:,} at most")
        found = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse_constant)
    except OSError as error:
        raise ValueError(f"{path}: not a checkpoint's config ({(error.strerror or error)})") from None
    except RecursionError:
        raise ValueError(f"{path}: not a checkpoint's config (nested too deeply)") from None
    except ValueError as error:
        raise ValueError(f"{path}: not a checkpoint's config ({error})") from None
    if not isinstance(found, dict):
        raise ValueError(f"{path}: not a checkpoint's config (expected an object, found {told(found)})")
    return found


def refuse_constant(name: str) -> float:
    raise ValueError(f"it holds {name}, which is no number")


def check_config(settings: dict[str, Any], path: Path) -> None:
    """Raises ValueError in one line for the first field that is not as declared."""
    try:
        check(settings, CONFIG, "")
        check_kinds(settings)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def check(value: object, wanted: Field, where: str) -> None:
    name = where or "it"
    if isinstance(value, bool) != (wanted.kind is bool) or not isinstance(value, accepted(wanted.kind)):
        raise ValueError(f"{name} is {told(value)}; expected {KIND_NAMES[wanted.kind]}")
    if wanted.allowed and value not in wanted.allowed:
        raise ValueError(f"{name} is {told(value)}; expected one of: {', '.join(map(str, wanted.allowed))}")
    if isinstance(value, int | float) and not wanted.low <= value <= wanted.high:
        raise ValueError(f"{name} is {told(value)}; expected {reach(wanted)}")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{name} is {told(value)}; expected a finite number")
    if isinstance(value, list):
        if wanted.count not in (None, len(value)):
            raise ValueError(f"{name} has {len(value)} entries; expected {wanted.count}")
        for index, each in enumerate(value if wanted.each is not None else ()):
            assert wanted.each is not None
            check(each, wanted.each, f"{where}[{index}]")
    if isinstance(value, dict):
        check_fields(value, wanted, where)


def check_fields(value: dict, wanted: Field, where: str) -> None:
    place = f"{where}." if where else ""
    for name, inner in wanted.fields.items():
        if name in value:
            check(value[name], inner, place + name)
        elif inner.needed:
            raise ValueError(f"{place}{name} is missing")
    for name in value.keys() - wanted.fields.keys():
        if wanted.each:
            check(value[name], wanted.each, place + told(name))
        elif not wanted.others:
            raise ValueError(f"{place}{told(name)} is not known; was it written by a newer version?")


def check_kinds(settings: dict[str, Any]) -> None:
    """Kinds and channels must fit each other."""
    kinds = settings["input_kind"], settings["output_kind"]
    if kinds not in PAIRS_OF_KINDS:
        listed = ", ".join(f"{a} → {b}" for a, b in PAIRS_OF_KINDS)
        raise ValueError(f"input_kind → output_kind is {kinds[0]} → {kinds[1]}; expected one of: {listed}")
    given = CHANNELS[kinds[0]] + (color_wish.CHANNELS if settings.get("color_wish") else 0)
    made = CHANNELS[kinds[1]]
    for where, found, expected in (
        ("generator.in_channels", settings["generator"]["in_channels"], (given,)),
        ("generator.out_channels", settings["generator"]["out_channels"], (made,)),
        ("discriminator.in_channels", settings["discriminator"]["in_channels"], (given + made, made)),
    ):
        if found not in expected:
            listed = " or ".join(map(str, expected))
            raise ValueError(f"{where} is {found}; expected {listed} for {kinds[0]} → {kinds[1]}")
    task = settings["task"]
    if not (0 < len(task) <= 100 and task.isprintable()):
        raise ValueError(f"task is {told(task)}; expected a name of 1 to 100 printable characters")


KIND_NAMES = {
    int: "a whole number",
    float: "a number",
    str: "a text",
    bool: "true or false",
    dict: "an object",
    list: "a list",
}


def reach(wanted: Field) -> str:
    if math.isinf(wanted.high):
        return "a finite number" if math.isinf(wanted.low) else f"{wanted.low:g} or more"
    return f"{wanted.low:g} to {wanted.high:g}"


def accepted(kind: type) -> type | tuple[type, ...]:
    return (int, float) if kind is float else kind


def told(value: object) -> str:
    """A value in a message: short, whatever it is."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:37] + "…"
