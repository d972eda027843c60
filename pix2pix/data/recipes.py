"""How each shipped checkpoint is trained: what `train.py --task NAME` means.

One row a checkpoint: where its pairs lie below the data folder, and what differs from the paper's defaults in
`config.py`. A row that is not the paper's own recipe says why.
"""

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from pix2pix.config import TrainConfig
from pix2pix.data.paper_runs import PAPER_RUNS

# Half the paper's width: a checkpoint of 14 MB, and a quarter of the work on a machine without a GPU.
SMALL = {"ngf": 32, "ndf": 32}

# Drawings: softer weights (an average over the last thousand steps) and any place on the page.
DRAWING = {**SMALL, "ema": 0.999}

# What the field has learned since 2017: sharper and without a weave (docs/pictures.md). λ is lower than the
# paper's 100, since L1 and the perceptual loss agree on the mean color.
STUDIO = {"antialias": True, "lambda_perceptual": 10, "features": "squeezenet1_0", "lambda_l1": 30}


@dataclass(frozen=True)
class Recipe:
    """sets: folders below --data that hold the pairs (--data may also be such a folder itself).

    folders: names of the input's and the target's folder where a set is not side by side.
    licence: one line for the model card. use: what follows from it. seen: what its pictures look like, where
        they are weak, for the card.
    """

    sets: tuple[str, ...]
    changes: dict[str, Any] = field(default_factory=dict)
    data_note: str = ""
    licence: str = ""
    use: str = "research and teaching"
    seen: str = ""


FACADES: dict[str, Any] = {
    "sets": ("facades",),
    "data_note": "CMP façades (Tyleček & Šára 2013), 400 training pairs of the paper's split",
    "licence": "CMP façades: for research; no explicit licence found",
}
PAPER_RUN = {**SMALL, "direction": "BtoA", "steps": 20_000}

CITYSCAPES: dict[str, Any] = {
    "sets": ("cityscapes",),
    "data_note": "Cityscapes, the paper's 2,975 training pairs",
    "licence": "Cityscapes (Cordts et al. 2016), via public pairs as the paper used them: non-commercial "
    "research, no redistribution",
    "use": "non-commercial",
}

RECIPES: dict[str, Recipe] = {
    "facades": Recipe(
        **FACADES,
        changes={**PAPER_RUN, **STUDIO, "color_wish": True, "simplify": "facades", "ema": 0.999},
        seen="Windows with panes, moldings, shutters and balconies stand where they were drawn, on "
        "walls in any color by wish or by seed; nine boxes on a wall are nine windows, and a "
        "small house stands before a plain sky. Weak: walls are smooth or streaked rather than "
        "brick, shop fronts and wide windows are dark and striped, and a dark or bright patch "
        "lies at the top of the frame. From the weights of facades-patch70 the run had 3,300 "
        "steps with λ = 30 and the perceptual loss × 10, then the 1,300 of this card.",
    ),
    # The paper's own recipe, and the comparison rows: the same run but for the one thing compared.
    **{
        f"facades-{name}": Recipe(**FACADES, changes={**PAPER_RUN, **run.changes}, seen=run.seen_on_facades)
        for name, run in PAPER_RUNS.items()
    },
    "facades-lambda10": Recipe(**FACADES, changes={**PAPER_RUN, "lambda_l1": 10.0}),
    # Between the paper's recipe and the studio's: what anti-aliasing alone changes.
    "facades-antialias": Recipe(
        **FACADES,
        changes={**PAPER_RUN, "antialias": True},
        seen="The paper's façades without the fine weave over walls and sky: calm, but soft and gray.",
    ),
    # For the replay of a run: the paper's 200 epochs at a quarter of its width, kept at ten steps.
    "facades-steps": Recipe(
        **FACADES,
        changes={
            "direction": "BtoA",
            "ngf": 16,
            "ndf": 16,
            "steps": 80_000,
            "snapshots": "0,100,500,1000,2500,5000,10000,20000,40000,80000",
        },
    ),
    "edges2cats": Recipe(
        ("edges2cats",),
        {
            **DRAWING,
            **STUDIO,
            "pairs": "soft-edges",
            "direction": "BtoA",
            "place": True,
            "portrait": True,
            "color_wish": True,
            "steps": 30_000,
        },
        "AFHQ cats, 2,600 training photos; edges made from them with PiDiNet",
        "photos AFHQ (CC BY-NC 4.0, © NAVER); edges by PiDiNet (Su et al. 2021), for research",
        "non-commercial",
        seen="Outlines with eyes become furry faces on white, tabby, gray, ginger, black or white by the "
        "color wish or the seed, with clear yellow, green or blue eyes, small, tilted and off-center faces "
        "too; a child's two dots become eyes. Weak: closed lids become dark folds, a face without a mouth "
        "gets a red smear for a nose, whiskers leave a faint cloud next to the cheeks, fur is at times "
        "streaked, and a whole cat is taken for a face. Before the run on this card the weights had "
        "67,000 steps of three earlier recipes; the run was stopped at half of its schedule.",
    ),
    "edges2shoes": Recipe(
        ("edges2shoes", "edges2handbags"),
        {
            **DRAWING,
            **STUDIO,
            "pairs": "lines",
            "direction": "BtoA",
            "place": True,
            "balance": True,
            "color_wish": True,
            "steps": 12_000,
        },
        "UT Zappos50K shoes (1,000 pairs) and iGAN handbags (1,000 pairs), edges as the paper's",
        "UT Zappos50K: non-commercial research; iGAN handbags: research",
        "non-commercial",
        seen="Outlines become shoes, boots and bags of smooth leather in any color by wish or by seed, "
        "with soles, seams, laces, straps and toe caps where they were drawn, from thin, thick "
        "and small drawings alike, on a clean page. Weak: without inner lines the leather is "
        "flat, the arch under a high heel keeps a glow of the shoe's color, and without a wish "
        "all comes out blue-gray. Before the run on this card the weights had 36,000 steps of "
        "earlier recipes; the run, with 500 more handbags, was stopped early.",
    ),
    "edges2handbags": Recipe(
        ("edges2handbags",),
        {
            **DRAWING,
            **STUDIO,
            "pairs": "lines",
            "direction": "BtoA",
            "place": True,
            "color_wish": True,
            "steps": 12_000,
        },
        "iGAN handbags (Zhu et al. 2016), edges as the paper's",
        "iGAN handbags: research",
    ),
    "sketch2portrait": Recipe(
        ("portraits",),
        {
            **DRAWING,
            **STUDIO,
            "pairs": "edges",
            "color_wish": True,
            "steps": 3_000,
            "full_size": "enlarged",
        },
        "faces of 183 paintings, cut out by tools/portraits.py; drawings made from them",
        "old masters in the public domain; the run began with the weights of edges2cats (AFHQ, CC BY-NC 4.0)",
        "non-commercial",
        seen="Faces from the front become old-master portraits: pale or rosy skin lit from the left, brown "
        "hair, veils, hats and ruffs where they were drawn, before a dark ground in any tone by wish or by "
        "seed; two dots become eyes, a circle with a smile a face. Weak: eyes are dark and seldom have a "
        "white, mouths are blurred, thick beards and mustaches smear, clothes are plain and nearly skin-"
        "colored, edges carry a faint glow, plain grounds a faint weave, and two corners a bright speck.",
    ),
    "map2aerial": Recipe(
        ("maps",),
        # The photos of the set are dark: their levels are stretched.
        {**SMALL, **STUDIO, "direction": "BtoA", "stretch": 1.7, "steps": 12_000, "ema": 0.999},
        "the paper's maps set, 1,096 training pairs",
        "imagery rights with its owner; research and teaching",
        seen="Rows of houses with light roofs and shadows, gray streets of one width, motorways with lanes, "
        "trees, water and piers, in daylight. Weak: parks are dark green and blotchy, large areas of water "
        "are flat, colors are cool, and single trees and cars cannot be told. Before the run on this card "
        "the weights had 12,000 steps of the paper's recipe.",
    ),
    "aerial2map": Recipe(
        ("maps",),
        {**SMALL, "steps": 10_000},
        "the paper's maps set, 1,096 training pairs",
        "imagery rights with its owner; research and teaching",
        seen="Streets become white lines on pale blocks; water is blue, parks are green. Weak: streets "
        "wobble and change their width, small streets between blocks are lost, highways are not orange, and "
        "parks have ragged edges.",
    ),
    "photo2edges": Recipe(
        ("edges2cats", "edges2shoes", "edges2handbags"),
        {**SMALL, "pairs": "drawing", "direction": "BtoA", "steps": 10_000, "ema": 0.999},
        "AFHQ cats, UT Zappos50K shoes and iGAN handbags with their edges, turned round",
        "AFHQ: CC BY-NC 4.0, © NAVER; UT Zappos50K: non-commercial research; iGAN: research",
        "non-commercial",
        seen="Outlines of shoes, bags, cups, people and eyes come as clean lines of one width, fit to draw "
        "on. Weak: lines have gaps where the edge is soft, fur and whiskers leave short dashes, seams and "
        "other inner lines are often left out, and what is dark on dark is not drawn at all.",
    ),
    "inpaint": Recipe(
        ("photos", "edges2cats", "facades"),
        # A higher λ than the paper's: a filling of the wrong color is worse than a soft one.
        {**SMALL, "pairs": "holes", "steps": 12_000, "lambda_l1": 300, "ema": 0.999},
        "900 plain photos (food, flowers, BSDS), AFHQ cats and CMP façades; holes made on the fly",
        "food CC BY/CC BY-SA/public domain; flowers CC BY; BSDS non-commercial research; AFHQ CC BY-NC 4.0",
        "non-commercial",
        seen="Scratches, wires and smaller things brushed out of a photo go: the hole takes the colors "
        "around it, and fur, sky, skin and wood go on through it. Weak: what has a shape of its own, "
        "such as an eye, a row of windows or the joints of a wall, comes as soft mottled texture, and "
        "dark rims at the edge of a hole are drawn into it.",
    ),
    "gray2color": Recipe(
        ("photos", "edges2cats"),
        {**SMALL, "pairs": "gray", "steps": 12_000},
        "900 plain photos (food, flowers, BSDS) and AFHQ cats; a and b of Lab are predicted, L is kept",
        "food CC BY/CC BY-SA/public domain; flowers CC BY; BSDS non-commercial research; AFHQ CC BY-NC 4.0",
        "non-commercial",
        seen="Fur, wood, coffee and food become warm, eyes and leaves at times green, and the given "
        "lightness is kept to the pixel. Weak: careful browns and oranges are spread in soft patches "
        "over what the training photos were unsure of, people's skin and clothes stay pale, skies "
        "seldom become blue, and lips and bright spots catch small yellow or violet marks.",
    ),
    "labels2street": Recipe(
        **CITYSCAPES,
        # The photos are dark and greenish: their levels are stretched.
        changes={
            **SMALL,
            **STUDIO,
            "direction": "BtoA",
            "simplify": "cityscapes",
            "stretch": 1.5,
            "steps": 12_000,
            "ema": 0.999,
            # On larger images trees turn into rows of equal curls: the street is made whole or not at all.
            "full_size": "enlarged",
        },
        seen="A German town on a dull day: gray-green roads with curbs and worn markings, rows of fronts in "
        "perspective, leafy trees, grass, dark cars with lights, lamps on thin poles, under a white sky; a "
        "bare rectangle of car is still a car, and a cyclist has two wheels. Weak: fronts are vertical "
        "streaks, with windows that are only hinted at, and on true label maps, full of small things, a "
        "jumble; people are dark smudges; signs and traffic lights are pale and without faces; a bus is a "
        "box of several cars; white scratches lie at the same places of most roads, and a bright spot and a "
        "faint weave in the middle of large plain areas; road and sky alone are fog. Cars and people look "
        "right at half their width, since the photos are 2:1, squeezed into a square. Before the run on "
        "this card the weights had 19,000 steps on CamVid and 3,286 here without stretched levels; the run "
        "was stopped at 10,500 of 12,000 steps.",
    ),
    # The way back: the paper's recipe, since a label map has no texture to be won by the studio's.
    "street2labels": Recipe(**CITYSCAPES, changes={**SMALL, "steps": 20_000}),
    "day2night": Recipe(
        # As the paper's set has it, night is the left half or the folder `night`, day the right or `day`.
        ("night2day",),
        {**SMALL, **STUDIO, "direction": "BtoA", "steps": 20_000, "ema": 0.999},
        "pairs of one view by night and by day; the paper: Transient Attributes (Laffont et al. 2014)",
        "as the pairs",
        "as the pairs",
    ),
    "cutout": Recipe(
        ("pets",),
        # A matte has one right answer: at the paper's λ the adversary punches holes into plain chests.
        {
            **SMALL,
            "pairs": "cutout",
            "direction": "BtoA",
            "load_size": 320,
            "lambda_l1": 1000,
            "ema": 0.999,
            "steps": 10_000,
        },
        "Oxford-IIIT Pet, 692 photos with trimaps; the network predicts the matte",
        "Oxford-IIIT Pet: CC BY-SA 4.0",
        "any, with attribution, share alike",
        seen="A whole cat or dog that differs from what is behind it stands on white with soft, mostly "
        "right edges. Weak: busy floors and walls stay next to it in ragged patches, close-ups that "
        "fill the frame lose their rims and bits of nose or eye, and people and things, which the "
        "training photos do not show, come in fragments. 692 photos are few for telling animals from "
        "everything else.",
    ),
    "thermal2color": Recipe(
        ("roadscene",),
        # 199 photos are learnt by heart: D is shown them changed, crops are smaller, and L1 weighs more.
        {
            **SMALL,
            "direction": "BtoA",
            "load_size": 340,
            "lambda_l1": 200,
            "augment": True,
            "ema": 0.999,
            "steps": 10_000,
            "full_size": "enlarged",  # on larger images its fine grid takes over
        },
        "RoadScene, 199 training pairs",
        "RoadScene: cite (Xu et al. 2020)",
        seen="A misty day: sky, road, trees and houses are where the heat camera saw them, cars and people "
        "as brown or blue shapes, in the pale colors of the training photos. Weak: all is soft and "
        "nearly gray, a fine grid shows in large areas, lamps appear where there are none, and what "
        "the camera sees as one warmth cannot be told apart. 199 pairs are few; without augmentation, "
        "at λ = 100, lamps hung in the same places of every picture.",
    ),
    "sketch2emoji": Recipe(
        ("emoji",),
        # Two of five are yellow faces and people: shown as they are, all would turn yellow. A wish says which
        # color it is, and pages hold drawings of any size. No perceptual loss: flat areas have no texture.
        {
            **DRAWING,
            "place": True,
            "balance": True,
            "antialias": True,
            "color_wish": True,
            "steps": 6_000,
            "full_size": "enlarged",
        },
        "OpenMoji 17, 1,593 training pairs of outline and color",
        "OpenMoji: CC BY-SA 4.0",
        "any, with attribution, share alike",
        seen="Every outline is filled flat and to its edge in one color, by wish or by seed, from small and "
        "off-center drawings too: hearts, faces, fish, cars, cups and umbrellas. Weak: one color for the "
        "whole, so a flower's leaves are as blue as its petals; it does not know what it sees; a white spot "
        "stays in the middle of large areas at times, small black parts inside a dark color turn white, "
        "and open strokes next to an outline leave a stain.",
    ),
    # Tables 1, 2, 3, 4 and 6 on the paper's own data: its recipe at half its width, and 20,000 steps.
    **{
        f"cityscapes-{name}": Recipe(**CITYSCAPES, changes={**PAPER_RUN, **run.changes})
        for name, run in PAPER_RUNS.items()
    },
}


def recipe_config(task: str, **given: Any) -> TrainConfig:
    """The recipe's config with what was given on top; a name without a recipe has the defaults."""
    changes = RECIPES[task].changes if task in RECIPES else {}
    known = {f.name for f in dataclasses.fields(TrainConfig)}
    assert set(changes) <= known, f"recipe {task} names unknown settings: {set(changes) - known}"
    return TrainConfig(**{"task": task, **changes, **given})
