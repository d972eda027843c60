"""The runs that the paper's tables compare (tables 1, 2, 3, 4 and 6): what each one changes.

The recipe that they change is the paper's own: L1 + cGAN, U-Net, 70×70, labels → photo. `recipes.py` makes a
row of each for façades and for Cityscapes.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class PaperRun:
    """changes: settings of `TrainConfig`. seen_on_facades: what its façades look like, for the card."""

    changes: dict[str, Any] = field(default_factory=dict)
    seen_on_facades: str = ""


PAPER_RUNS: dict[str, PaperRun] = {
    "patch70": PaperRun(
        {},
        "Windows with panes, balconies with railings, shutters and doors stand where they were drawn, and "
        "walls are stone or brick. Weak: hues stay between gray and ochre, shop fronts are dark and hard to "
        "read, and large areas of background come out as ragged gray and white, since the corners of many "
        "training photos are blank.",
    ),
    "patch1": PaperRun(
        {"n_layers": 0},
        "As blurred as by L1 alone, but with more contrast and color: grayer or warmer stone, dark doors. "
        "Single pixels can say whether a color is likely, not whether an edge is sharp.",
    ),
    "patch16": PaperRun(
        {"n_layers": 1},
        "Sharp windows with panes, railings and cornices, and warm walls. Where the drawing leaves room a "
        "small motif repeats: dots in shop fronts and next to the house, a faint grid over walls.",
    ),
    "patch286": PaperRun(
        {"n_layers": 5},
        "Edges are sharp and windows have panes, but a fine regular weave covers walls and background, and "
        "bright or dark rims run along the building: a discriminator of that many weights has too few "
        "photos and steps here.",
    ),
    "l1": PaperRun(
        {"objective": "l1"},
        "What L1 asks for, the mean of all façades that would fit: windows, doors and cornices stand where "
        "they were drawn, but without panes or stone, on walls of one beige, darker towards the ground; the "
        "background is gray mist.",
    ),
    "gan": PaperRun({"objective": "gan"}),
    "l1-gan": PaperRun({"objective": "l1+gan"}),
    "cgan": PaperRun(
        {"objective": "cgan"},
        "Without L1 as sharp as with it: windows, shutters, balconies and doors stand where they were "
        "drawn, in warm or brown stone. What L1 would forbid is there too: a fine dotted grid over walls "
        "and background, dark smears in doorways and shop fronts, bright rags along the edges.",
    ),
    "encdec": PaperRun(
        {"skips": False},
        "What the skips are for (paper, figure 5): nothing of the drawing gets through the 1×1 bottleneck, "
        "and whatever is drawn becomes nearly the same gray wall with the same ragged windows, sharp all "
        "the same, since D asks for that.",
    ),
    "encdec-l1": PaperRun(
        {"skips": False, "objective": "l1"},
        "Without skips and without D: one brown-gray fog, whatever is drawn. It is the mean of all façades, "
        "the best that can be said about a house unseen.",
    ),
    "labels": PaperRun({"direction": "AtoB"}),
    "labels-l1": PaperRun({"direction": "AtoB", "objective": "l1"}),
    "labels-cgan": PaperRun({"direction": "AtoB", "objective": "cgan"}),
}
