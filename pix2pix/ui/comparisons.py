"""What the tabs Patch sizes and Losses and skips compare: rows of checkpoints, and the paper's
figures for them.

The figures are the paper's FCN-scores, measured on Cityscapes labels → photo (pix2pix/paper.py). Ours are
read from checkpoints/scores.json where it is there. Knows nothing about networks or components.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from pix2pix.checkpoints import SHIPPED
from pix2pix.evaluation.paper import BASE, GENERATORS, OBJECTIVES, PATCHES, Figures, Row


@dataclass(frozen=True)
class Comparison:
    """One row of the tab. look: what to look for, in the project's own words."""

    name: str
    title: str
    look: str
    models: tuple[Row, ...]


COMPARISONS: dict[str, Comparison] = {
    row.name: row
    for row in (
        Comparison(
            "patch",
            "Patch size",
            "How much of the picture may the discriminator see at once? In the paper, without one (L1) the "
            "picture is blurred and grayish; one that sees single pixels changes the colors but sharpens "
            "nothing; 16×16 sharpens, yet may repeat little tiles; 70×70 calms these; and "
            "the whole picture at once, 286×286, looks no better and scores less. Put the loupe on a "
            "window's edge.",
            (OBJECTIVES[0], *PATCHES),
        ),
        Comparison(
            "objective",
            "Objective",
            "What is the generator asked to do? L1 asks for the average of all plausible answers: blur. The "
            "discriminator alone (cGAN) asks only for something that looks real: sharper, but it may put "
            "things where none were drawn. Both together, with λ = 100, keep the sharpness and lose most of "
            "the inventions.",
            tuple(row for row in OBJECTIVES if row.label in ("L1", "cGAN", "L1 + cGAN")),
        ),
        Comparison(
            "generator",
            "Generator",
            "The encoder-decoder must squeeze the whole drawing through one pixel; the U-Net hands every "
            "layer of the encoder across to the decoder. Compare where the edges of windows come to lie: "
            "without the skips the layout must be recalled from the few numbers that came through. Our "
            "encoder-decoder with L1 alone collapsed: it makes nearly the same picture for every drawing, "
            "and the scorer finds a single class in it (class accuracy 1/12), well below the paper's.",
            GENERATORS,
        ),
        Comparison(
            "today",
            "2017 → today",
            "What has been learned since the paper. First the paper's own recipe. Then the same with "
            "anti-aliasing: a discriminator that low-passes before each stride, and up-convolutions with "
            "smooth kernels; the fine weave over walls and sky is gone. Last, with a perceptual loss, label "
            "maps simplified as visitors paint them, and a color wish: panes, moldings and brick.",
            (
                Row("2017: L1 + cGAN", BASE, None),
                Row("+ anti-aliasing", "facades-antialias", None),
                Row("+ perceptual loss", "facades", None),
            ),
        ),
    )
}


TABS: dict[str, tuple[str, ...]] = {"patches": ("patch",), "losses": ("objective", "generator", "today")}
"""Which rows each tab shows, the first one first."""


def find_comparison(name: str) -> Comparison:
    """The row called `name`. Raises ValueError that lists the names that exist."""
    if name not in COMPARISONS:
        raise ValueError(f"no row is called {name!r}; there are: {', '.join(COMPARISONS)}")
    return COMPARISONS[name]


def our_scores(path: Path = SHIPPED / "scores.json") -> dict[str, Figures]:
    """FCN-score of each checkpoint that the tables have scored, by name.

    Read from checkpoints/scores.json, which `python -m pix2pix.evaluation.tables` writes; empty without it.
    """
    try:
        scored = json.loads(path.read_text(encoding="utf-8"))
        return {name: (float(a), float(b), float(c)) for name, (a, b, c) in scored.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
