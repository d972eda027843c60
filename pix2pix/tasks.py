"""What can be translated: the visitor's side of every task.

A task says how its input is made (canvas kind, palette) and what it is called; how its weights
are *trained* stands in `recipes.py`. Knows nothing about networks, files or gradio.
"""

import re
from dataclasses import dataclass

# The twelve classes of the CMP façades (Tyleček & Šára 2013), in the order of their label ids.
# Colors are the modes of the clusters in the paper's JPEG label maps (a jet color map).
FACADE_PALETTE: tuple[tuple[str, tuple[int, int, int]], ...] = (
    ("background", (0, 0, 222)),
    ("wall", (0, 48, 255)),
    ("window", (0, 128, 255)),
    ("door", (0, 207, 255)),
    ("cornice", (32, 255, 224)),
    ("sill", (112, 254, 142)),
    ("balcony", (192, 255, 63)),
    ("shutter", (255, 240, 0)),
    ("deco", (255, 159, 0)),
    ("molding", (255, 80, 0)),
    ("pillar", (254, 0, 0)),
    ("shop", (174, 0, 0)),
)

# What one paints in a street: classes of Cityscapes (Cordts et al. 2016) in the official colors, the most
# used ones first. "tree" is its vegetation, "grass" its terrain, "sign" its traffic sign.
STREET_PALETTE: tuple[tuple[str, tuple[int, int, int]], ...] = (
    ("road", (128, 64, 128)),
    ("sidewalk", (244, 35, 232)),
    ("building", (70, 70, 70)),
    ("tree", (107, 142, 35)),
    ("sky", (70, 130, 180)),
    ("car", (0, 0, 142)),
    ("person", (220, 20, 60)),
    ("rider", (255, 0, 0)),
    ("bicycle", (119, 11, 32)),
    ("pole", (153, 153, 153)),
    ("sign", (220, 220, 0)),
    ("traffic light", (250, 170, 30)),
    ("grass", (152, 251, 152)),
    ("fence", (190, 153, 153)),
)


@dataclass(frozen=True)
class Task:
    """One thing a visitor can do.

    name: the task's name and the name of its checkpoint folder.
    title, line: heading and one line of text for its card.
    canvas: how the input is made: "lines" (black pen on white), "labels" (palette areas),
        "mask" (brush holes into an uploaded photo) or "photo" (an upload is the input).
    palette: for "labels", the (name, RGB) of each class; anything drawn is snapped to it.
    ground: for "labels", the class with which an empty canvas is filled.
    brush: for "labels", the class in hand at the start.
    """

    name: str
    title: str
    line: str
    canvas: str = "photo"
    palette: tuple[tuple[str, tuple[int, int, int]], ...] = ()
    ground: str = ""
    brush: str = ""


# In the order in which the page shows them.
TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        Task("edges2cats", "Cat", "Draw a cat's face, get its fur.", "lines"),
        Task(
            "facades",
            "Façade",
            "Arrange windows, doors and balconies, get a house.",
            "labels",
            FACADE_PALETTE,
            ground="wall",
            brush="window",
        ),
        Task("edges2shoes", "Shoe", "Draw an outline, get a shoe or a bag.", "lines"),
        Task("sketch2portrait", "Portrait", "Draw a face, have it painted as old masters did.", "lines"),
        Task("map2aerial", "Map to aerial photo", "From a street map to the view from above."),
        Task("aerial2map", "Aerial photo to map", "From the view from above to a street map."),
        Task(
            "labels2street",
            "Street",
            "Paint road, trees and cars, get a drive through town.",
            "labels",
            STREET_PALETTE,
            ground="building",
            brush="car",
        ),
        Task("inpaint", "Fill in", "Brush something out of a photo, see it filled in.", "mask"),
        Task("gray2color", "Color", "Give a black-and-white photo its colors."),
        Task("cutout", "Cut out", "Put the animal in a photo on white."),
        Task("photo2edges", "Photo to drawing", "Turn a photo into lines to draw on."),
        Task("thermal2color", "Thermal to visible", "From a heat camera's view to daylight."),
        Task("sketch2emoji", "Emoji", "Draw an outline, get it colored in.", "lines"),
    )
}


def find_task(name: str) -> Task:
    """The task called `name`. Raises ValueError that lists the names that exist."""
    if name not in TASKS:
        raise ValueError(f"no task is called {name!r}; there are: {', '.join(TASKS)}")
    return TASKS[name]


def parse_palette(told: str) -> tuple[tuple[str, tuple[int, int, int]], ...]:
    """ "wall=#0030ff,window=#0080ff" → ((name, RGB), …); "" is none. ValueError in one line."""
    found: list[tuple[str, tuple[int, int, int]]] = []
    for part in filter(None, (part.strip() for part in told.split(","))):
        match = re.fullmatch(r"([^=#]{1,40})=\s*#([0-9a-fA-F]{6})", part)
        if not match:
            raise ValueError(f"--palette has {part!r}; expected name=#rrggbb, parted by commas")
        red, green, blue = bytes.fromhex(match[2])
        found.append((match[1].strip(), (red, green, blue)))
    if len({color for _, color in found}) < len(found) or len({name for name, _ in found}) < len(found):
        raise ValueError(f"--palette is {told!r}; expected different names and colors")
    if len(found) == 1:
        raise ValueError(f"--palette is {told!r}; expected two classes or more")
    return tuple(found)


def base_task(name: str) -> str:
    """The task that a checkpoint serves: a comparison run such as facades-l1 belongs to facades."""
    return name if name in TASKS else name.partition("-")[0]
