"""Label maps drawn crudely: classes stay classes, rectangles are rectangles, label and photo move alike."""

import io

import numpy as np
import pytest
from PIL import Image

from pix2pix.data import label_maps
from pix2pix.data.label_maps import Things, as_rectangles, find_things, leave_out, merge_rows, simplify_labels
from pix2pix.data.label_rules import CITYSCAPES_PALETTE, CITYSCAPES_RULES, FACADE_RULES, RULES, LabelRules
from pix2pix.data.label_snapping import HIDDEN, clean_labels, recolor, snap
from pix2pix.data.placement import crop_scene, fill_blank, place, place_house
from pix2pix.tasks import STREET_PALETTE

SIDE = 96


def facade() -> np.ndarray:
    """Class numbers: a wall with a molding, 3 × 3 windows with sills, a door; background around."""
    number = FACADE_RULES.numbers
    index = np.full((SIDE, SIDE), number["background"], np.uint8)
    index[12:90, 10:86] = number["wall"]
    index[14:20, 10:86] = number["molding"]
    for top in (26, 46, 66):
        for left in (16, 42, 68):
            index[top : top + 11, left : left + 9] = number["window"]
            index[top + 11 : top + 14, left - 1 : left + 10] = number["sill"]
    index[76:90, 40:52] = number["door"]
    return index


def street() -> np.ndarray:
    """Class numbers: sky, two houses, a road that narrows, a car, a pole, and the camera car's bonnet."""
    number = CITYSCAPES_RULES.numbers
    y, x = np.mgrid[:SIDE, :SIDE]
    index = np.full((SIDE, SIDE), number["sky"], np.uint8)
    index[20:50, :30] = index[12:50, 60:] = number["building"]
    index[50:] = number["sidewalk"]
    index[(y >= 50) & (abs(x - 48) < (y - 44))] = number["road"]
    index[10:60, 20:22] = number["pole"]
    index[48:62, 40:58] = number["car"]
    index[88:] = number["void"]
    return index


MAPS = {"facades": facade, "cityscapes": street}


def colors_of(picture: np.ndarray) -> set[tuple[int, ...]]:
    codes = np.unique(picture.astype(np.int32) @ (65536, 256, 1))
    return {(code >> 16, code >> 8 & 255, code & 255) for code in codes.tolist()}


def boxes_of(index: np.ndarray, name: str) -> set[tuple[int, ...]]:
    things = find_things(index, FACADE_RULES)
    return {tuple(b) for b in things.boxes[things.kinds == FACADE_RULES.numbers[name]].astype(int).tolist()}


@pytest.mark.parametrize("task", MAPS)
def test_a_simplified_map_has_palette_colors_and_no_class_that_was_not_there(task):
    rules, index = RULES[task], MAPS[task]()
    labels = recolor(index, rules)
    before = labels.copy()
    palette = {color for _, color in rules.palette}
    stand_ins = {name for names in rules.parents.values() for name in names}
    known = colors_of(labels) | {color for name, color in rules.palette if name in stand_ins}
    results = [simplify_labels(labels, rules, np.random.default_rng(seed)) for seed in range(200)]
    assert all(r.shape == labels.shape and r.dtype == np.uint8 for r in results)
    assert set().union(*map(colors_of, results)) <= palette & known
    assert 0.2 < np.mean([r is labels for r in results]) < 0.4
    assert len({r.tobytes() for r in results}) > 60
    np.testing.assert_array_equal(labels, before)


@pytest.mark.parametrize("task", MAPS)
def test_the_same_random_state_gives_the_same_map(task):
    labels = recolor(MAPS[task](), RULES[task])
    for seed in range(20):
        one, two = (simplify_labels(labels, RULES[task], np.random.default_rng(seed)) for _ in range(2))
        np.testing.assert_array_equal(one, two)


def test_nothing_moves_when_every_probability_is_zero(monkeypatch):
    for name in ("UNCHANGED", "THIN_OUT", "BOXES", "LARGE_AREAS"):
        monkeypatch.setattr(label_maps, name, 0.0)
    labels = recolor(facade(), FACADE_RULES)
    for seed in range(5):
        np.testing.assert_array_equal(
            simplify_labels(labels, FACADE_RULES, np.random.default_rng(seed)), labels
        )


def test_classes_nobody_draws_are_gone_from_every_map_that_is_simplified():
    void = dict(CITYSCAPES_RULES.palette)["void"]
    labels = recolor(street(), CITYSCAPES_RULES)
    for seed in range(60):
        drawn = simplify_labels(labels, CITYSCAPES_RULES, np.random.default_rng(seed))
        assert drawn is labels or void not in colors_of(drawn)


# --- Classes ---------------------------------------------------------------------------------------------


def test_what_is_left_out_becomes_what_it_stands_on():
    index = facade()
    kept = leave_out(index, ["sill", "molding"], FACADE_RULES, np.random.default_rng(0))
    gone = np.isin(index, [FACADE_RULES.numbers["sill"], FACADE_RULES.numbers["molding"]])
    assert (kept[gone] == FACADE_RULES.numbers["wall"]).all()
    np.testing.assert_array_equal(kept[~gone], index[~gone])


def test_a_pole_becomes_what_lies_beside_it_and_the_bonnet_road():
    index = street()
    kept = leave_out(index, ["pole", "void"], CITYSCAPES_RULES, np.random.default_rng(0))
    np.testing.assert_array_equal(kept[:60, 20:22], np.broadcast_to(kept[:60, 19:20], (60, 2)))
    np.testing.assert_array_equal(kept[88:], np.broadcast_to(kept[87], (8, SIDE)))
    assert HIDDEN not in kept


def test_a_map_of_nothing_but_what_is_left_out_becomes_ground():
    index = np.full((20, 20), CITYSCAPES_RULES.numbers["void"], np.uint8)
    kept = leave_out(index, ["void"], CITYSCAPES_RULES, np.random.default_rng(0))
    assert (kept == CITYSCAPES_RULES.numbers["building"]).all()


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_the_tables_name_classes_that_exist_and_lead_somewhere(rules: LabelRules):
    names = set(rules.numbers)
    assert set(rules.parents) | set(rules.drop) | set(rules.boxy) | set(rules.rows) | {rules.ground} <= names
    assert set(rules.drop) | set(rules.boxy) <= set(rules.parents)
    assert not rules.background or rules.background in names
    ahead = set(rules.parents)
    for _ in names:  # whatever is chosen, each way ends: at a class that nobody leaves out, or next to
        ahead = {parent for name in ahead for parent in rules.parents.get(name, ())}
    assert not ahead


# --- Snapping --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_palette_colors_snap_to_themselves(rules: LabelRules):
    index = np.arange(len(rules.palette), dtype=np.uint8).repeat(64).reshape(-1, 8)
    np.testing.assert_array_equal(snap(recolor(index, rules), rules), index)


def test_a_jpeg_of_a_label_map_comes_back_as_the_map():
    index = facade().repeat(2, 0).repeat(2, 1)
    stored = io.BytesIO()
    Image.fromarray(recolor(index, FACADE_RULES)).save(stored, "JPEG", quality=85)
    picture = np.asarray(Image.open(stored))
    assert len(colors_of(picture)) > 100
    cleaned = snap(clean_labels(picture, FACADE_RULES, 2 * SIDE), FACADE_RULES)
    assert (cleaned != index).mean() < 0.004
    assert set(np.unique(cleaned)) == set(np.unique(index))
    assert len(colors_of(clean_labels(picture, FACADE_RULES, 286))) == len(np.unique(index))


# --- Rectangles ------------------------------------------------------------------------------------------


def test_rectangles_are_found_where_they_are():
    index = facade()
    assert boxes_of(index, "window") == {
        (top, left, top + 11, left + 9) for top in (26, 46) for left in (16, 42, 68)
    } | {(66, left, 77, left + 9) for left in (16, 68)} | {(66, 42, 76, 51)}
    assert boxes_of(index, "molding") == {(14, 10, 20, 86)}


def test_round_windows_are_drawn_as_rectangles(monkeypatch):
    for name, value in (("UNCHANGED", 0), ("THIN_OUT", 0), ("BOXES", 1), ("LARGE_AREAS", 0)):
        monkeypatch.setattr(label_maps, name, float(value))
    y, x = np.mgrid[:SIDE, :SIDE]
    window = FACADE_RULES.numbers["window"]
    index = np.full((SIDE, SIDE), FACADE_RULES.numbers["wall"], np.uint8)
    index[(y - 30) ** 2 + (x - 30) ** 2 < 144] = index[(y - 70) ** 2 + (x - 64) ** 2 < 100] = window
    labels, full = recolor(index, FACADE_RULES), 0
    for seed in range(20):
        drawn = snap(simplify_labels(labels, FACADE_RULES, np.random.default_rng(seed)), FACADE_RULES)
        for top, left, bottom, right in boxes_of(drawn, "window"):
            full += 1
            assert (drawn[top:bottom, left:right] == window).all()
            assert 14 <= bottom - top <= 32 and 14 <= right - left <= 32
    assert full >= 30


def test_a_row_of_windows_runs_together_and_two_do_not():
    boxes = np.array([(10, x, 20, x + 8) for x in (5, 20, 35)] + [(40, x, 50, x + 8) for x in (5, 20)], float)
    kinds = np.full(5, 2, np.uint8)
    merged, kinds = merge_rows(boxes, kinds, 2)
    assert {tuple(b) for b in merged.tolist()} == {(10, 5, 20, 43), (40, 5, 50, 13), (40, 20, 50, 28)}
    assert kinds.tolist() == [2, 2, 2]


def test_large_things_do_not_hide_small_ones():
    ground = np.zeros((20, 20), np.uint8)
    things = Things(
        np.array([(5, 5, 8, 8), (2, 2, 15, 15), (0, 16, 4, 19)], float), np.array([1, 2, 3], np.uint8)
    )
    drawn = label_maps.paint(ground, things, (0, 0, 20, 16))
    assert (drawn[5:8, 5:8] == 1).all() and (drawn == 2).sum() == 13 * 13 - 9 and 3 not in drawn


def test_a_picture_of_rectangles_is_found_again():
    """Exactly where its edges lie on the grid; greedy splits may need one rectangle more than it has."""
    index = np.zeros((SIDE, SIDE), np.uint8)
    index[40:, :] = 1
    index[:40, :24], index[:24, 72:], index[24:40, 72:] = 2, 3, 4
    index[40:, 64:], index[64:, :16] = 5, 6
    np.testing.assert_array_equal(as_rectangles(index, 8), index)
    assert len(np.unique(as_rectangles(index, 1))) == 1
    few = as_rectangles(index, 3)
    assert 2 <= len(np.unique(few)) <= 3 and (few == index).mean() > 0.6


def draw_large_areas(index: np.ndarray, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    ground = leave_out(index, FACADE_RULES.boxy, FACADE_RULES, rng)
    return label_maps.redraw_surroundings(ground, FACADE_RULES, rng)[0]


def test_a_house_is_one_rectangle_or_fills_the_frame_or_its_sky_changes():
    index = facade()
    index[30:36, 1:7] = FACADE_RULES.numbers["window"]  # the neighbor's
    house = np.zeros(index.shape, bool)
    house[12:90, 10:86] = True
    above = house.copy()
    above[:13] = True
    drawn = [draw_large_areas(index, seed) != FACADE_RULES.numbers["background"] for seed in range(40)]
    ways = [
        [bool(d.all()) for d in drawn],
        [bool((d == house).all()) for d in drawn],
        [bool((d[:12] == above[:12]).all() and d[:12].all() and not d.all()) for d in drawn],
    ]
    assert all(sum(way) >= 4 for way in ways) and sum(map(sum, ways)) == 40


def test_around_a_small_house_there_is_never_wall():
    index = np.full((SIDE, SIDE), FACADE_RULES.numbers["background"], np.uint8)
    index[50:90, 30:70] = FACADE_RULES.numbers["wall"]
    for seed in range(20):
        np.testing.assert_array_equal(draw_large_areas(index, seed), index)


# --- Placement -------------------------------------------------------------------------------------------


def test_label_and_photo_move_alike():
    """The photo is the label map itself: wherever a house pixel is in the label, the photo has it too."""
    labels = recolor(facade(), FACADE_RULES)
    background = FACADE_RULES.numbers["background"]
    sizes, corners = [], set()
    for seed in range(60):
        moved, photo = place_house(labels, labels, FACADE_RULES, np.random.default_rng(seed))
        index = snap(moved, FACADE_RULES)
        house = index != background
        assert colors_of(moved) <= colors_of(labels)
        # Interpolated at edges, so nearly everywhere; and nowhere a house that the label map does not have.
        assert (snap(photo, FACADE_RULES) == index)[house].mean() > 0.8
        others = FACADE_RULES.colors[1:].astype(int)
        shown = (np.abs(photo[~house][:, None] - others).sum(-1) < 40).any(-1)
        assert shown.mean() < 0.01
        sizes.append(house.mean())
        corners.add((int(house.any(1).argmax()), int(house.any(0).argmax())))
    assert min(sizes) < 0.2 < 0.45 < max(sizes) and len(corners) > 40


def test_half_of_the_pairs_stay_where_they_are():
    labels = recolor(facade(), FACADE_RULES)
    results = [place(labels, labels, FACADE_RULES, np.random.default_rng(seed)) for seed in range(100)]
    assert 35 < sum(a is labels and b is labels for a, b in results) < 65


def test_a_map_of_background_alone_can_be_placed():
    labels = recolor(np.full((40, 40), FACADE_RULES.numbers["background"], np.uint8), FACADE_RULES)
    for seed in range(10):
        moved, photo = place_house(labels, labels, FACADE_RULES, np.random.default_rng(seed))
        assert colors_of(moved) == colors_of(labels) and photo.shape == labels.shape


def test_a_scene_is_cropped_alike_and_without_the_bonnet():
    labels = recolor(street(), CITYSCAPES_RULES)
    void = dict(CITYSCAPES_RULES.palette)["void"]
    for seed in range(20):
        moved, photo = crop_scene(labels, labels, np.random.default_rng(seed))
        assert moved.shape == photo.shape == labels.shape
        assert void not in colors_of(moved) <= colors_of(labels)
        assert (snap(photo, CITYSCAPES_RULES) == snap(moved, CITYSCAPES_RULES)).mean() > 0.85


def test_wedges_at_the_border_are_filled_and_dark_windows_stay():
    y, x = np.mgrid[:SIDE, :SIDE]
    whole = np.stack((100 + x, 60 + y, np.full_like(x, 150)), -1).astype(np.uint8)
    whole[40:60, 40:60] = 5
    photo = whole.copy()
    photo[(x + y < 40) | (x - y > 70)] = (7, 7, 7)
    filled = fill_blank(photo)
    np.testing.assert_array_equal(filled[30:90, 20:80], whole[30:90, 20:80])
    assert np.abs(filled.astype(int) - whole).max() < 60 and filled[:20].min() > 40
    assert fill_blank(whole) is whole


def test_streets_are_painted_in_the_official_colors():
    official = {color: name for name, color in CITYSCAPES_PALETTE}
    own_words = {"tree": "vegetation", "grass": "terrain", "sign": "traffic sign"}
    for name, color in STREET_PALETTE:
        assert official[color] == own_words.get(name, name)
    drawn = np.array([[color for _, color in STREET_PALETTE]], np.uint8)
    assert (recolor(snap(drawn, CITYSCAPES_RULES), CITYSCAPES_RULES) == drawn).all()
