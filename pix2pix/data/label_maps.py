"""Label maps as people draw them, made from annotated ones.

An annotation names every sill and molding; a visitor draws nine boxes on a wall. Training pairs that vary in
the same way teach the generator to fill in what nobody drew. The photo stays as it is. Every random choice
comes from the numpy generator that is passed in. Not in the paper. Knows nothing about torch.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from pix2pix.data.label_rules import LabelRules
from pix2pix.data.label_snapping import HIDDEN, recolor, snap

# Probabilities per map.
UNCHANGED = 0.3
THIN_OUT = 0.7  # leave out classes
BOXES = 0.7  # draw things as rectangles
LARGE_AREAS = 0.5  # redraw what surrounds the house; draw a scene's large areas as rectangles

MIN_SIDE = 3  # smaller regions are artifacts of JPEG


def simplify_labels(labels: np.ndarray, rules: LabelRules, rng: np.random.Generator) -> np.ndarray:
    """An annotated label map, uint8 (H, W, 3) → the same scene as a visitor might have drawn it.

    labels: palette colors, or a JPEG of them. Returns uint8 (H, W, 3) in palette colors; or `labels` itself,
    for 30 % of the random states.
    """
    if rng.random() < UNCHANGED:
        return labels
    index = snap(labels, rules)
    thin_out = rng.random() < THIN_OUT
    left_out = [c for c, p in rules.drop.items() if p >= 1 or (thin_out and rng.random() < p)]
    index = leave_out(index, left_out, rules, rng)
    boxes = rng.random() < BOXES
    large_areas = rng.random() < LARGE_AREAS
    if not (boxes or large_areas):
        return recolor(index, rules)
    ground = leave_out(index, rules.boxy, rules, rng)
    things = find_things(index, rules) if boxes else None
    frame = (0, 0, *index.shape)
    if large_areas and rules.background:
        ground, frame = redraw_surroundings(ground, rules, rng)
    elif large_areas:
        ground = as_rectangles(ground, int(rng.integers(5, 15)))
    if things is None:
        shapes = np.take(_lookup(rules, rules.boxy), index)
        shapes &= _inside(shapes.shape, frame)
        return recolor(np.where(shapes, index, ground), rules)
    return recolor(paint(ground, redraw_things(things, index.shape, rules, rng), frame), rules)


# --- Classes -------------------------------------------------------------------------------------------


def leave_out(index: np.ndarray, names, rules: LabelRules, rng: np.random.Generator) -> np.ndarray:
    """Class numbers (H, W) → the same without the classes called `names`: what stands there in their place.

    rules.parents tells what; where it says "whatever lies beside", the nearest pixel to the left or, for
    other maps, to the right; where a whole row goes, the row above.
    """
    if not names:
        return index
    table = np.arange(256, dtype=np.uint8)
    for name in names:
        stand_in = name
        while stand_in in names:
            options = rules.parents[stand_in]
            stand_in = options[rng.integers(len(options))] if options else None
        table[rules.numbers[name]] = HIDDEN if stand_in is None else rules.numbers[stand_in]
    index = np.take(table, index)
    return fill_hidden(index, rules.numbers[rules.ground], from_left=rng.random() < 0.5)


def fill_hidden(index: np.ndarray, ground: int, from_left: bool) -> np.ndarray:
    """Give every HIDDEN pixel the class next to it; where under a third of a row is known, the row above."""
    known = index != HIDDEN
    if known.all():
        return index
    enough = known.mean(1) > 1 / 3
    if not enough.any():
        return np.full_like(index, ground)
    part = np.flatnonzero(enough & ~known.all(1))
    if len(part):
        rows = index[part] if from_left else index[part, ::-1]
        width = rows.shape[1]
        at = np.where(rows != HIDDEN, np.arange(width, dtype=np.int16), np.int16(-1))
        last = np.maximum.accumulate(at, 1)
        first = (at >= 0).argmax(1)[:, None]
        places = np.where(last < 0, first, last) + np.arange(0, rows.size, width)[:, None]
        rows = np.take(rows, places)
        index[part] = rows if from_left else rows[:, ::-1]
    if not enough.all():
        source = np.maximum.accumulate(np.where(enough, np.arange(len(enough)), -1))
        index = index[np.where(source < 0, enough.argmax(), source)]
    return index


def _lookup(rules: LabelRules, names) -> np.ndarray:
    """bool (256,): whether a class number is one of `names`."""
    table = np.zeros(256, bool)
    table[[rules.numbers[name] for name in names]] = True
    return table


# --- Things as rectangles ------------------------------------------------------------------------------


@dataclass
class Things:
    """Rectangles in pixels: boxes is float (N, 4) of top, left, bottom, right; kinds their class numbers."""

    boxes: np.ndarray
    kinds: np.ndarray


def find_things(index: np.ndarray, rules: LabelRules) -> Things:
    """The bounding rectangle of each connected region of a boxy class.

    A region that fills little of its rectangle, such as a bent pole, gets a smaller one.
    """
    # One labeling pass for all classes: a pixel counts only if those right of and below it are of its class,
    # so regions of different classes never touch. Each region lacks its last row and column, added below.
    inside = np.take(_lookup(rules, rules.boxy), index)
    inside[:, :-1] &= index[:, :-1] == index[:, 1:]
    inside[:-1] &= index[:-1] == index[1:]
    inside[-1] = inside[:, -1] = False
    regions, count = ndimage.label(inside)
    if not count:
        return Things(np.zeros((0, 4)), np.zeros(0, np.uint8))
    boxes, kinds, full = np.empty((count, 4)), np.empty(count, np.uint8), np.empty(count)
    for i, where in enumerate(ndimage.find_objects(regions)):
        y, x = where
        boxes[i] = y.start, x.start, y.stop + 1, x.stop + 1
        own = regions[where] == i + 1
        kinds[i] = index[y.start, x.start + own[0].argmax()]
        full[i] = np.count_nonzero(own) / own.size
    size = boxes[:, 2:] - boxes[:, :2]
    shrink = np.where(full < 0.45, np.sqrt(full), 1)[:, None]
    middle = (boxes[:, 2:] + boxes[:, :2]) / 2
    boxes = np.where(shrink < 1, np.hstack((middle - size * shrink / 2, middle + size * shrink / 2)), boxes)
    large = (size >= MIN_SIDE).all(1)
    return Things(boxes[large], kinds[large])


def redraw_things(
    things: Things, shape: tuple[int, int], rules: LabelRules, rng: np.random.Generator
) -> Things:
    """The rectangles as a hasty hand draws them: moved, resized, some missing, rows run together."""
    boxes, kinds = things.boxes.copy(), things.kinds
    if not len(boxes):
        return things
    if rng.random() < 0.15:
        keep = rng.random(len(boxes)) > 0.12
        boxes, kinds = boxes[keep], kinds[keep]
    middle, size = (boxes[:, 2:] + boxes[:, :2]) / 2, boxes[:, 2:] - boxes[:, :2]
    for name in rules.rows:
        which = np.flatnonzero(kinds == rules.numbers[name])
        if len(which) > 2 and rng.random() < 0.3:
            size[which] = np.median(size[which], 0)
    scale = shape[0] / 256
    if rng.random() < 0.6:
        size *= 1 + rng.uniform(-0.12, 0.15)
        middle += rng.normal(0, rng.uniform(0, rules.shift) * scale / 2, middle.shape)
        size = np.maximum(size + rng.normal(0, rng.uniform(0, rules.shift) * scale / 2, size.shape), MIN_SIDE)
    boxes = np.hstack((middle - size / 2, middle + size / 2))
    for name in rules.rows:
        if rng.random() < 0.06:
            boxes, kinds = merge_rows(boxes, kinds, rules.numbers[name])
    return Things(boxes, kinds)


def merge_rows(boxes: np.ndarray, kinds: np.ndarray, kind: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw each row of three or more rectangles of one class as a single long one."""
    which = np.flatnonzero(kinds == kind)
    which = which[np.argsort(boxes[which, 0] + boxes[which, 2])]
    middles = (boxes[which, 0] + boxes[which, 2]) / 2
    heights = boxes[which, 2] - boxes[which, 0]
    ends = np.flatnonzero(np.diff(middles) > heights[1:] / 2) + 1
    keep = np.ones(len(kinds), bool)
    merged = []
    for row in np.split(which, ends):
        if len(row) > 2:
            keep[row] = False
            top, bottom = np.median(boxes[row, 0]), np.median(boxes[row, 2])
            merged.append((top, boxes[row, 1].min(), bottom, boxes[row, 3].max()))
    if not merged:
        return boxes, kinds
    return np.vstack((boxes[keep], merged)), np.append(kinds[keep], [kind] * len(merged)).astype(kinds.dtype)


def paint(ground: np.ndarray, things: Things, frame: tuple[int, int, int, int]) -> np.ndarray:
    """The rectangles on `ground`, large ones first, without those that lie outside of `frame`."""
    index = ground.copy()
    top, left, bottom, right = frame
    boxes = np.rint(things.boxes).astype(int)
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    for i in np.argsort(-area, kind="stable").tolist():
        y0, x0, y1, x1 = boxes[i].tolist()
        if not (top <= (y0 + y1) / 2 <= bottom and left <= (x0 + x1) / 2 <= right):
            continue
        index[max(y0, top) : min(y1, bottom), max(x0, left) : min(x1, right)] = things.kinds[i]
    return index


def _inside(shape: tuple[int, int], frame: tuple[int, int, int, int]) -> np.ndarray:
    mask = np.zeros(shape, bool)
    mask[frame[0] : frame[2], frame[1] : frame[3]] = True
    return mask


# --- Large areas ---------------------------------------------------------------------------------------


def redraw_surroundings(
    ground: np.ndarray, rules: LabelRules, rng: np.random.Generator
) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """Wall and background, drawn in one of three simple ways; and the frame in which things are drawn.

    Everything is wall; or the house is one rectangle; or the strip above it changes sides. A house far
    smaller than the frame always becomes a rectangle, unless it has a gable: else wall would mean sky.
    """
    height, width = ground.shape
    wall, background = rules.numbers[rules.ground], rules.numbers[rules.background]
    whole = (0, 0, height, width)
    top, left, bottom, right = main_part(ground != background)
    small = (bottom - top) * (right - left) < 0.6 * height * width
    way = 1.0 if small else rng.random()
    if way < 0.3:
        return np.full_like(ground, wall), whole
    if way >= 0.55:
        house = ground[top:bottom, left:right]
        drawn = np.full_like(ground, background)
        drawn[top:bottom, left:right] = house if (house == background).mean() > 0.08 else wall
        return drawn, (top, left, bottom, right)
    ground = ground.copy()
    if top > 4:  # sky drawn as wall
        ground[: top + 1] = wall
        return ground, whole
    # No sky: a strip of it where the house may still have its roof. Things there go.
    top = int(height * rng.uniform(0.02, 0.08))
    ground[:top] = background
    return ground, (top, 0, height, width)


def main_part(inside: np.ndarray) -> tuple[int, int, int, int]:
    """bool (H, W) → top, left, bottom, right of the rows and columns that hold most of it, never empty."""
    ends = []
    for share in (inside.mean(1), inside.mean(0)):
        places = np.flatnonzero(share > 0.6 * share.max())
        ends.append((int(places[0]), int(places[-1]) + 1) if len(places) else (0, len(share)))
    (top, bottom), (left, right) = ends
    return top, left, bottom, right


def as_rectangles(index: np.ndarray, count: int, cell: int = 8) -> np.ndarray:
    """Class numbers (H, W) → `count` rectangles, each of the class that most of its pixels have.

    Splits greedily, each time where the classes on both sides become purest (Gini), on a grid of `cell` px.
    """
    height, width = index.shape
    small = index[cell // 2 :: cell, cell // 2 :: cell]
    classes, small = np.unique(small, return_inverse=True)
    small = small.reshape(len(range(cell // 2, height, cell)), -1)
    sums = np.zeros((small.shape[0] + 1, small.shape[1] + 1, len(classes)), np.float32)
    sums[1:, 1:] = (small[..., None] == np.arange(len(classes))).cumsum(0).cumsum(1)

    def best_split(box):
        top, left, bottom, right = box
        rows = (sums[top : bottom + 1, right] - sums[top : bottom + 1, left]) - (
            sums[top, right] - sums[top, left]
        )
        columns = (sums[bottom, left : right + 1] - sums[top, left : right + 1]) - (
            sums[bottom, left] - sums[top, left]
        )
        best: tuple[float, tuple | None, tuple | None] = (0.0, None, None)
        whole = (rows[-1] ** 2).sum() / rows[-1].sum()
        for along, place in ((rows, 0), (columns, 1)):
            first, second = along[1:-1], along[-1] - along[1:-1]
            if not len(first):
                continue
            purity = (first**2).sum(1) / first.sum(1) + (second**2).sum(1) / second.sum(1)
            at = int(purity.argmax())
            if purity[at] - whole > best[0] + 1e-3:
                cut = box[place] + 1 + at
                one, two = list(box), list(box)
                one[place + 2] = two[place] = cut
                best = (float(purity[at] - whole), tuple(one), tuple(two))
        return best

    leaves = [((0, 0, *small.shape), best_split((0, 0, *small.shape)))]
    while len(leaves) < count:
        i = max(range(len(leaves)), key=lambda leaf: leaves[leaf][1][0])
        gain, one, two = leaves[i][1]
        if not gain:
            break
        leaves[i : i + 1] = [(one, best_split(one)), (two, best_split(two))]
    drawn = np.empty_like(index)
    for (top, left, bottom, right), _ in leaves:
        votes = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
        # The last cell reaches to the frame, whatever the size.
        y1 = height if bottom == small.shape[0] else bottom * cell
        x1 = width if right == small.shape[1] else right * cell
        drawn[top * cell : y1, left * cell : x1] = classes[votes.argmax()]
    return drawn
