"""python -m pix2pix evaluate: every kind of pairs, against a translator that is always right, and by hand."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from conftest import save_checkpoint
from PIL import Image, ImageDraw

from pix2pix import checkpoints, cli
from pix2pix.color_wish import main_color
from pix2pix.data.recipes import RECIPES
from pix2pix.evaluation import command, report
from pix2pix.evaluation.evaluate import NO_FEATURES, Options, Tally, evaluate, score_checkpoint, score_real
from pix2pix.evaluation.held_out import HeldOut
from pix2pix.evaluation.labels import color_labels
from pix2pix.evaluation.scorer import Scorer
from pix2pix.evaluation.scorers import facade_scorer
from pix2pix.images import load_image, tensor_to_array
from pix2pix.inference import Translator
from pix2pix.tasks import FACADE_PALETTE

SIDE = 64
TINY = {"crop_size": SIDE, "load_size": 72}
# A task of each kind of pairs, and its set below the data folder.
TASKS = {
    "facades": "facades",
    "aerial2map": "maps",
    "edges2cats": "edges2cats",
    "edges2shoes": "edges2shoes",
    "photo2edges": "edges2shoes",
    "inpaint": "photos",
    "gray2color": "photos",
    "cutout": "pets",
}


def draw_facade(number: int) -> tuple[np.ndarray, np.ndarray]:
    """(photo, label colors): a wall with a window; the photo is gray with a dark window, and noise."""
    rng = np.random.default_rng(number)
    labels = np.ones((SIDE, SIDE), np.int64)
    top, left = rng.integers(2, SIDE // 2, 2)
    labels[top : top + SIDE // 3, left : left + SIDE // 3] = 2
    photo = np.where(labels == 1, 190, 60)[..., None] + rng.integers(-20, 20, (SIDE, SIDE, 3))
    return photo.astype(np.uint8), color_labels(labels, FACADE_PALETTE)


def draw_outline(number: int) -> Image.Image:
    """A black ellipse on white."""
    picture = Image.new("RGB", (SIDE, SIDE), "white")
    ImageDraw.Draw(picture).ellipse((8 + number, 8, 50, 56 - number), outline="black", width=2)
    return picture


def save(array: np.ndarray | Image.Image, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    (array if isinstance(array, Image.Image) else Image.fromarray(array)).save(path)


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """Two validation pairs of each set, in its own layout."""
    root = tmp_path_factory.mktemp("data")
    for number in range(2):
        photo, labels = draw_facade(number)
        outline = np.asarray(draw_outline(number))
        name = f"{number}.png"
        save(np.concatenate((photo, labels), 1), root / "facades" / "val" / name)
        save(np.concatenate((photo, labels), 1), root / "maps" / "val" / name)
        save(np.concatenate((photo, outline), 1), root / "edges2shoes" / "val" / name)
        save(photo, root / "edges2cats" / "val" / "photo" / name)
        save(draw_outline(number).convert("L"), root / "edges2cats" / "val" / "edges" / name)
        colored = (photo * np.array([1.2, 0.9, 0.6])).clip(0, 255).astype(np.uint8)
        save(colored, root / "photos" / "val" / name)
        trimap = np.full((SIDE, SIDE), 2, np.uint8)
        trimap[20:44, 20:44], trimap[24:40, 24:40] = 3, 1
        save(colored, root / "pets" / "val" / "image" / name)
        save(trimap, root / "pets" / "val" / "trimap" / name)
    return root


def tiny(folder: Path, task: str, **changes) -> Path:
    """A checkpoint of a task with untrained weights, the same every time."""
    torch.manual_seed(0)
    return save_checkpoint(folder, task, **{**TINY, **changes})


def right(held_out: HeldOut) -> SimpleNamespace:
    """Stands in for a Translator: answers each input with its own target."""
    known = {pair[0].numpy().tobytes(): pair[1] for pair in held_out}
    return SimpleNamespace(
        folder=Path("right"),
        knows_colors=False,
        noise=lambda seeds: seeds,
        answer=lambda real_a, z: known[real_a.numpy().tobytes()],
        input_kind=held_out.kinds[0],
        output_kind=held_out.kinds[1],
    )


@pytest.mark.parametrize("task", TASKS)
def test_the_right_answer_is_measured_as_such(task, data, tmp_path):
    held_out = HeldOut(checkpoints.load_settings(tiny(tmp_path, task)), str(data))
    scorer = Scorer("facades", FACADE_PALETTE, lambda photo: (photo.mean(-1) < 125).astype(int) + 1)
    scorer = scorer if task == "facades" else None
    tally = score_checkpoint(right(held_out), held_out, scorer, Options(samples=3), quiet=True)
    figures = tally.result()
    assert figures["l1"] == 0 and figures["psnr"] is None and figures["ssim"] == pytest.approx(1)
    assert figures["histogram"] == {"L": 1, "a": 1, "b": 1} and figures["diversity"] == 0
    sets = [name for name in RECIPES[task].sets if (data / name).is_dir()]
    assert figures["pictures"] == len(held_out) == 2 * len(sets)
    real = score_real(held_out, scorer, quiet=True)
    assert figures["lattice"] == real["lattice"] and set(real["lattice"]) == {"off", "on"}
    if scorer:  # a scorer that knows dark from bright reads these photos without a mistake
        assert real["pixel_accuracy"] == figures["class_iou"] == 1
        assert figures["interval"]["class_iou"] == (1, 1)
    else:
        assert figures["class_iou"] is None and figures["interval"] is None


@pytest.mark.parametrize("task", TASKS)
def test_targets_are_the_pictures_of_the_pair(task, data, tmp_path):
    held_out = HeldOut(checkpoints.load_settings(tiny(tmp_path, task)), str(data))
    targets = [held_out.target(*pair) for pair in held_out]
    files = sorted((data / TASKS[task] / "val").rglob("*.png"))
    whole = [np.asarray(load_image(path).convert("RGB")) for path in files]
    if task in ("facades", "edges2shoes"):  # photo left, the input right
        expected = [picture[:, :SIDE] for picture in whole]
    elif task == "aerial2map":
        expected = [picture[:, SIDE:] for picture in whole]
    elif task in ("inpaint", "gray2color"):
        expected = whole
    elif task == "cutout":  # the middle of the animal as the network sees it, and white in the corner
        assert all((target[0, 0] == 255).all() for target in targets)
        targets = [target[30:34, 30:34] for target in targets]
        expected = [tensor_to_array(real_a)[0, 30:34, 30:34] for real_a, _ in held_out]
    else:
        return assert_drawn(task, targets)
    assert len(targets) >= len(expected) == 2  # inpaint has further sets, after this one
    for target, picture in zip(targets, expected, strict=False):
        assert np.abs(target.astype(int) - picture).max() <= 2  # Lab and back


def assert_drawn(task: str, targets: list[np.ndarray]) -> None:
    """Cats are cut out on white, and drawings are dark lines on white."""
    for target in targets:
        assert target.shape == (SIDE, SIDE, 3) and (target == 255).any()
        assert target.min() < 100, task


def test_figures_are_those_of_the_translators_pictures(data, tmp_path):
    """L1 and diversity by hand, from what `translate` makes of the label maps."""
    folder = tiny(tmp_path, "facades")
    figures = evaluate([folder], data, Options(samples=3), scorers={}, quiet=True)["checkpoints"]["facades"]
    translator, l1, deviations = Translator(folder, precision="fp32"), [], []
    for number in range(2):
        photo, labels = draw_facade(number)
        made = [
            np.asarray(translator.translate(Image.fromarray(labels), number + k)).astype(int)
            for k in range(3)
        ]
        l1.append(np.abs(made[0] - photo).mean() / 127.5)
        deviations.append(np.std(made, axis=0).mean())
    # Three seeds at once may round a level in a pixel otherwise than one by one.
    assert figures["l1"] == pytest.approx(np.mean(l1), rel=1e-4)
    assert figures["diversity"] == pytest.approx(np.mean(deviations), rel=1e-4)
    assert figures["steps"] == 0 and figures["task"] == "facades"


def test_several_tasks_and_checkpoints_at_once(data, tmp_path):
    names = [str(tiny(tmp_path / part, task)) for part, task in (("old", "facades"), ("new", "facades"))]
    names.append(str(tiny(tmp_path, "gray2color")))
    scorers = {"facades": facade_scorer(tmp_path / "none")}
    scorers["facades"].predict = lambda photo: (photo.mean(-1) < 125).astype(int) + 1
    result = evaluate(names, data, Options(count=1, samples=2), scorers, quiet=True)
    assert list(result["checkpoints"]) == ["facades", names[1], "gray2color"]
    assert len(result["sets"]) == 2 and all(real["pictures"] == 1 for real in result["sets"].values())
    # Two equal checkpoints: no gap on any resample.
    assert result["gaps"]["facades"][names[1]]["class_iou"] == (0, 0)
    json.dumps(result, allow_nan=False)
    text = report.as_text(result)
    assert "gray2color" in text and "real photos" in text and "1/8 off axes" in text


def test_the_way_back_is_scored_by_the_colors_it_paints(data, tmp_path):
    held_out = HeldOut(checkpoints.load_settings(tiny(tmp_path, "facades", direction="AtoB")), str(data))
    assert held_out.to_labels
    scorer = facade_scorer(tmp_path)
    figures = score_checkpoint(right(held_out), held_out, scorer, Options(samples=2), quiet=True).result()
    assert figures["pixel_accuracy"] == 1 and figures["class_iou"] == 1


def test_pictures_too_small_for_a_lattice_are_measured_without():
    tally = Tally()
    tally.add(np.zeros((2, 32, 32, 3), np.uint8), np.full((32, 32, 3), 51, np.uint8))
    figures = tally.result()
    assert figures["lattice"] is None and figures["l1"] == pytest.approx(0.4) and figures["diversity"] == 0


def test_the_distance_is_averaged_over_the_pairs():
    tally = Tally(distance=lambda fake_b, real_b: float(real_b.mean() - fake_b.mean()))
    for level in (51, 102):
        tally.add(np.zeros((1, SIDE, SIDE, 3), np.uint8), np.full((SIDE, SIDE, 3), level, np.uint8))
    assert tally.result()["feature_distance"] == pytest.approx(0.6)


def test_color_wishes_are_the_seeds_none_or_the_photos_own(data, tmp_path):
    """The same network with the wish by hand: translate takes the color, evaluate finds it."""
    folder = tiny(tmp_path, "facades", color_wish=True)
    photos, labels = zip(*(draw_facade(number) for number in range(2)), strict=True)
    colors = [main_color(photo) for photo in photos]
    settings = checkpoints.load_settings(folder) | {"colors": [[200, 30, 30], [30, 30, 200]]}
    (folder / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    translator = Translator(folder, precision="fp32")
    for color, wishes in (("seed", ["seed"] * 2), ("none", [None] * 2), ("own", colors)):
        result = evaluate([folder], data, Options(samples=4, color=color), scorers={}, quiet=True)
        l1 = [
            np.abs(np.asarray(translator.translate(Image.fromarray(a), seed, wish)).astype(int) - b).mean()
            for seed, (a, b, wish) in enumerate(zip(labels, photos, wishes, strict=True))
        ]
        assert result["checkpoints"]["facades"]["l1"] == pytest.approx(np.mean(l1) / 127.5, rel=1e-6)


# --- The command -----------------------------------------------------------------------------------------


def test_the_command_prints_and_writes(data, tmp_path, capsys):
    folder = tiny(tmp_path, "inpaint")
    line = ["evaluate", "--checkpoint", str(folder), "--data", str(data), "--samples", "1", "--threads", "1"]
    assert cli.main([*line, "--json", str(tmp_path / "figures.json")]) == 0
    said = capsys.readouterr().out
    assert NO_FEATURES in said and "FCN-score" not in said
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))["checkpoints"]["inpaint"]
    assert f"{figures['l1']:.3f}" in said and figures["diversity"] == 0


def test_without_a_scorer_the_rest_is_still_measured(data, tmp_path):
    scorers = {"facades": facade_scorer(tmp_path / "none")}
    result = evaluate([str(tiny(tmp_path, "facades"))], data, Options(samples=1), scorers=scorers, quiet=True)
    assert result["checkpoints"]["facades"]["class_iou"] is None and result["checkpoints"]["facades"]["l1"]
    assert "python -m pix2pix.evaluation.segmenter" in result["notes"][1]


def test_other_label_maps_are_not_scored(data, tmp_path):
    other = Scorer(
        "streets", (("road", (128, 64, 128)), ("sky", (70, 130, 180))), lambda photo: photo[..., 0]
    )
    result = evaluate(
        [str(tiny(tmp_path, "facades"))], data, Options(samples=1), scorers={"facades": other}, quiet=True
    )
    assert result["checkpoints"]["facades"]["class_iou"] is None
    assert result["notes"][1:] == [
        "facades: no FCN-score: these label maps are not in the palette of streets"
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data", "."], "--task NAME"),
        (["--task", "no-such-task", "--data", "."], "no-such-task"),
        (["--checkpoint", "TINY", "--data", "nowhere"], "nowhere"),
        (["--checkpoint", "TINY", "--data", "EMPTY"], "no pairs found"),
        (["--checkpoint", "TINY", "--data", "DATA", "--split", "spring"], "--split is 'spring'"),
        (["--checkpoint", "TINY", "--data", "DATA", "--count", "0"], "--count is 0"),
        (["--checkpoint", "TINY", "--data", "DATA", "--features", "nowhere.safetensors"], "nowhere"),
    ],
)
def test_mistakes_get_one_line(data, tmp_path, capsys, arguments, message):
    (tmp_path / "empty").mkdir()
    places = {"TINY": str(tiny(tmp_path, "facades")), "EMPTY": str(tmp_path / "empty"), "DATA": str(data)}
    assert cli.main(["evaluate", *(places.get(argument, argument) for argument in arguments)]) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1 and message in said[0]


@pytest.mark.parametrize(
    ("size", "message"),
    [((SIDE, SIDE), "plain photos"), ((100, SIDE), "two squares"), ((64, 32), "two squares")],
)
def test_wrong_pictures_get_one_line(tmp_path, size, message):
    save(Image.new("RGB", size), tmp_path / "val" / "wrong.png")
    with pytest.raises(ValueError, match=rf"wrong\.png.*{message}") as caught:
        evaluate([tiny(tmp_path / "runs", "facades")], tmp_path, quiet=True)
    assert "\n" not in str(caught.value)


def test_what_is_missing_is_named():
    command.require("numpy")
    with pytest.raises(ValueError, match=r"^needs no_such_module.*pip install -r requirements-train\.txt$"):
        command.require("numpy", "no_such_module")
