"""Every setting of a training run, with the paper's value: the one list of defaults.

The command line of `train.py` is made from this dataclass; `data/recipes.py` holds each task's changes to it.
"""

import dataclasses
import inspect
import math
import re
import types
import typing
from dataclasses import dataclass

PAIRS = ("aligned", "soft-edges", "lines", "edges", "drawing", "gray", "holes", "cutout")

OBJECTIVES = ("l1", "gan", "cgan", "l1+gan", "l1+cgan")

FULL_SIZES = ("larger", "enlarged")  # larger results: run on the larger image, or the image enlarged

LABEL_MAPS = ("", "facades", "camvid", "cityscapes")  # whose rules data/label_rules.py has

# What the generator sees and answers, by kind of pairs (the kinds of `images.py`); else pictures in RGB.
KINDS: dict[str, tuple[str, str]] = {
    "gray": ("grey", "ab"),
    "holes": ("holes", "rgb"),
    "cutout": ("rgb", "matte"),
}


def input_output_kinds(pairs: str) -> tuple[str, str]:
    return KINDS.get(pairs, ("rgb", "rgb"))


def uses_l1(objective: str) -> bool:
    return "l1" in objective.split("+")


def uses_gan(objective: str) -> bool:
    return objective != "l1"


def is_conditional(objective: str) -> bool:
    """Is D given the input x next to the image?"""
    return "cgan" in objective.split("+")


@dataclass(frozen=True)
class Range:
    """The values that a setting may have: `in` asks, str() tells. NaN lies in no range.

    low, high: the ends. above, below: the low, the high end itself is left out.
    """

    low: float
    high: float = math.inf
    above: bool = False
    below: bool = False

    def __contains__(self, value: float) -> bool:
        inside = self.low < value if self.above else self.low <= value
        return inside and (value < self.high if self.below or self.high == math.inf else value <= self.high)

    def __str__(self) -> str:
        if self.high == math.inf:
            return f"more than {self.low:g}" if self.above else f"{self.low:g} or more"
        start = f"more than {self.low:g}, up to" if self.above else f"{self.low:g} to"
        return f"{start} {self.high if isinstance(self.high, int) else f'{self.high:g}'}" + (
            ", which is left out" if self.below else ""
        )


SEEDS = Range(0, 2**63 - 1)  # what torch's and numpy's generators both take

RANGES: dict[str, Range] = {
    "load_size": Range(8, 8192),
    "crop_size": Range(8, 4096),
    "stretch": Range(0, 10, above=True),
    "ngf": Range(1, 1024),
    "ndf": Range(1, 1024),
    "dropout": Range(0, 1, below=True),
    "lambda_l1": Range(0),
    "lambda_perceptual": Range(0),
    "steps": Range(1),
    "batch_size": Range(1),
    "learning_rate": Range(0, 1, above=True),
    "beta1": Range(0, 1, below=True),
    "beta2": Range(0, 1, below=True),
    "constant_part": Range(0, 1),
    "ema": Range(0, 1, below=True),
    "seed": SEEDS,
    "threads": Range(0, 4096),
    "memory": Range(0),
    "save_every": Range(1),
    "sample_every": Range(1),
}


@dataclass(frozen=True)
class TrainConfig:
    """Settings of a run. The comment behind a field is its help text on the command line."""

    task: str = "custom"  # a recipe's name (see pix2pix/data/recipes.py), or any name for a task of your own
    data: str = ""  # folder of training pairs, or hf://datasets/owner/name
    out: str = ""  # run folder: state, checkpoint, losses, sample sheets

    pairs: str = "aligned"  # aligned: pairs on disk; edges | gray | holes: made from plain photos
    direction: str = "AtoB"  # AtoB: left half (or first folder) is the input; BtoA: the other way round
    load_size: int = 286  # jitter: pairs are resized to this … (paper: 286)
    crop_size: int = 256  # … and cropped at random to this, the size of the network (paper: 256)
    flip: bool = True  # mirror half of the pairs at random (paper: yes)
    place: bool = False  # instead of the crop: any scale and position on a white page (ours, for drawings)
    portrait: bool = False  # faces that fill their frame: cut the face out, at times draw whiskers (ours)
    simplify: str = ""  # label maps varied as visitors paint them: facades | camvid | cityscapes (ours)
    stretch: float = 1.0  # brighten dark targets in [-1, 1]: (b + 1)·stretch - 1, clipped (ours, maps)
    balance: bool = False  # show pairs of rare colors nearly as often as those of common ones (ours, emoji)

    ngf: int = 64  # width of the generator (paper: 64)
    ndf: int = 64  # width of the discriminator (paper: 64)
    n_layers: int = 3  # stride-2 layers of D: 0 pixel, 1 16×16, 3 70×70 (paper), 5 286×286
    skips: bool = True  # U-Net; no-skips is the paper's encoder-decoder
    dropout: float = 0.5  # rate of the only noise, the first three decoder layers (paper: 0.5)

    objective: str = "l1+cgan"  # l1 | gan | cgan | l1+gan | l1+cgan (paper: l1+cgan)
    lambda_l1: float = 100.0  # weight of L1 against the GAN term (paper: 100)
    lambda_perceptual: float = 0.0  # weight of the distance of feature maps (paper: none; ours: 10)
    features: str = ""  # the feature network: squeezenet1_0 (torchvision downloads it) or a .safetensors file
    antialias: bool = False  # D low-passes before each stride, G's up-convolutions have smooth kernels (ours)
    color_wish: bool = False  # G and D are given the target's main color in 3 of 4 pairs (ours)
    augment: bool = False  # D sees color jitter, translation and cutout (Zhao et al. 2020)
    steps: int = 80_000  # optimiser steps (paper: 200 epochs of 400 façades at batch 1)
    batch_size: int = 1  # pairs a step, over all processes (paper: 1 façades and maps, 4 edges)
    learning_rate: float = 2e-4  # Adam's, for G and D alike (paper: 2e-4)
    beta1: float = 0.5  # Adam's first momentum (paper: 0.5)
    beta2: float = 0.999  # Adam's second momentum (paper: 0.999)
    constant_part: float = 0.5  # part of the run before the rate falls linearly to 0 (PyTorch port: 0.5)
    ema: float = 0.0  # decay of the averaged generator weights that are shipped; 0: the last weights (paper)

    seed: int = 0  # everything random follows from it and the step's number
    device: str = "auto"  # auto | cpu | cuda | mps (a Mac's GPU)
    precision: str = "auto"  # auto | bf16 | fp32: bf16 autocast where the processor has it
    graph: bool = True  # on one GPU, without --augment: a step is one captured CUDA graph
    threads: int = 0  # CPU threads of torch; 0: torch's own choice
    memory: float = 0.0  # GB of decoded pairs to keep in memory; 0: a quarter of the machine's
    save_every: int = 1000  # steps between saved states
    sample_every: int = 2500  # steps between sample sheets
    snapshots: str = ""  # steps such as 0,100,500 whose weights are kept too, in OUT/snapshots/STEP
    wandb: str = ""  # plots go to this project of Weights & Biases too (pip install wandb)
    resume: bool = False  # continue from the state in the run folder
    title: str = ""  # of its tile on the page; else made from the task's name
    line: str = ""  # one line of text under the title
    canvas: str = ""  # how its input is made on the page: lines | labels | mask | photo; else by --pairs
    palette: str = ""  # classes of a label canvas, ground first: wall=#0030ff,window=#0080ff,door=#00cfff
    full_size: str = ""  # larger results: larger (run on larger images) | enlarged; else by --pairs
    start_from: str = ""  # a checkpoint (name, folder or hf://owner/name) that initializes a new run

    def __post_init__(self) -> None:
        self._check_types()
        choices = {
            "pairs": PAIRS,
            "direction": ("AtoB", "BtoA"),
            "objective": OBJECTIVES,
            "simplify": LABEL_MAPS,
            "canvas": ("", "lines", "labels", "mask", "photo"),
            "full_size": ("", *FULL_SIZES),
            "n_layers": range(6),
            "precision": ("auto", "bf16", "fp32"),
        }
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                listed = ", ".join(str(value) for value in allowed)
                raise ValueError(f"--{flag(name)} is {getattr(self, name)!r}; expected one of: {listed}")
        for name, inside in RANGES.items():
            if getattr(self, name) not in inside:
                raise ValueError(f"--{flag(name)} is {getattr(self, name)}; expected {inside}")
        if self.lambda_perceptual and self.pairs in ("cutout", "drawing"):
            raise ValueError(
                f"--lambda-perceptual compares photographs; with --pairs {self.pairs} it has to be 0"
            )
        if self.lambda_perceptual and self.crop_size < 64:
            raise ValueError(f"--crop-size is {self.crop_size}; --lambda-perceptual expects 64 or more")
        if self.color_wish and self.pairs in ("cutout", "drawing", "holes"):
            raise ValueError(f"--color-wish needs targets with colors; --pairs {self.pairs} has none to wish")
        if self.load_size < self.crop_size:
            raise ValueError(
                f"--load-size is {self.load_size}; expected {self.crop_size} or more (--crop-size)"
            )
        if self.crop_size < 8 or self.crop_size & (self.crop_size - 1):
            raise ValueError(f"--crop-size is {self.crop_size}; expected a power of two, such as 256")
        if uses_gan(self.objective) and self.n_layers and self.crop_size >> self.n_layers < 3:
            most = max(n for n in range(6) if n == 0 or self.crop_size >> n >= 3)
            raise ValueError(
                f"--n-layers is {self.n_layers}, which leaves no patch of {self.crop_size} pixels "
                f"(--crop-size); expected 0 to {most}"
            )
        for step in filter(None, self.snapshots.split(",")):
            if not (step.strip().isdecimal() and int(step) <= self.steps):
                raise ValueError(
                    f"--snapshots has {step!r}; expected steps from 0 to {self.steps}, such as 0,100,500"
                )

    def _check_types(self) -> None:
        """ValueError for a value of another type, as a config.json of other people's may hold."""
        for field in dataclasses.fields(self):
            value, wanted = getattr(self, field.name), field_type(field)
            fits = isinstance(value, (int, float) if wanted is float else wanted)
            if not fits or (wanted is not bool and isinstance(value, bool)):
                kind = {bool: "true or false", str: "text", int: "a whole number", float: "a number"}[wanted]
                raise ValueError(f"--{flag(field.name)} is {value!r}; expected {kind}")

    @property
    def snapshot_steps(self) -> tuple[int, ...]:
        """The steps in `snapshots`, ascending, each once."""
        return tuple(sorted({int(step) for step in filter(None, self.snapshots.split(","))}))


# Settings of how a run is computed and kept, which make no other run of it.
SCHEDULE = ("steps", "constant_part", "learning_rate")  # may change when a run is resumed
HOW_IT_IS_COMPUTED = (
    "device", "precision", "graph", "threads", "memory", "save_every", "sample_every", "snapshots", "wandb",
    "title", "line", "canvas", "palette", "full_size",
)  # fmt: skip


def flag(field_name: str) -> str:
    return field_name.replace("_", "-")


def field_help() -> dict[str, str]:
    """Field name → its help text, read from the comments above."""
    found = re.findall(r"^    (\w+): [^\n]*?  # (.+)$", inspect.getsource(TrainConfig), re.M)
    return dict(found)


def field_type(field: dataclasses.Field) -> type:
    """The plain type of a field (int, float, str or bool)."""
    kind = typing.get_type_hints(TrainConfig)[field.name]
    assert not isinstance(kind, types.UnionType)
    return kind
