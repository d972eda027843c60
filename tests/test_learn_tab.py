"""The exhibits of the Learn panel as their handlers see them; in the browser: test_learn_browser.py."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import save_checkpoint
from PIL import Image

from pix2pix import checkpoints
from pix2pix.data.recipes import recipe_config
from pix2pix.images import load_image, pil_to_tensor
from pix2pix.inference import Translator
from pix2pix.training.game import Game
from pix2pix.training.step import build_networks
from pix2pix.ui import pool
from pix2pix.ui.drawing import decode_data_url, encode_jpeg, encode_png, make_value, prepare
from pix2pix.ui.panels import learn_game as game_panel
from pix2pix.ui.panels import learn_replay as replay_panel
from pix2pix.ui.panels.learn import give_drawing, take_drawing
from pix2pix.ui.panels.learn_game import Games, learn_game
from pix2pix.ui.panels.learn_objective import learn_objective, learn_points
from pix2pix.ui.panels.learn_replay import learn_curves, learn_replay
from pix2pix.ui.panels.learn_skips import learn_skips
from pix2pix.ui.tiles import examples_of

STEPS = (0, 100, 80000)


def save_steps(root: Path) -> None:
    """A folder of snapshots with untrained weights, another seed for each step."""
    for number, step in enumerate(STEPS):
        config = replace(recipe_config("facades-steps"), ngf=4, ndf=4, seed=number)
        networks = build_networks(config, torch.device("cpu"))
        folder = root / "facades-steps" / str(step)
        checkpoints.save(folder, config, networks.generator, networks.discriminator, {"steps": step})
    settings = {**checkpoints.load_settings(folder), "snapshots": list(STEPS)}
    (root / "facades-steps" / "config.json").write_text(json.dumps(settings))
    losses = {"step": [100, 200], "D": [0.5, 0.4], "D_real": [1, 1], "G_gan": [1, 2], "G_l1": [0.4, 0.3]}
    (root / "facades-steps" / "losses.json").write_text(json.dumps(losses))


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("learn")
    for name in ("facades", "facades-l1", "facades-cgan", "facades-encdec"):
        save_checkpoint(folder, name)
    save_steps(folder)
    return folder


@pytest.fixture
def weights(root, monkeypatch):
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(root))
    caches = (pool.translators, replay_panel.generators)
    for cache in caches:
        cache.cache_clear()
    monkeypatch.setattr(game_panel, "GAMES", Games())
    yield root
    for cache in caches:
        cache.cache_clear()


@pytest.fixture(scope="module")
def drawing():
    return load_image(examples_of("facades")[0]).convert("RGB")


def asked(drawing, **more) -> dict:
    return {"drawing": encode_png(drawing), "seed": 3, "visit": "test", **more}


def pixels(url: str) -> np.ndarray:
    return np.asarray(decode_data_url(url).convert("RGB")).astype(int)


def near(url: str, picture: Image.Image) -> bool:
    """Whether it is this picture, encoded the same way; its last digits may round differently."""
    encode = encode_jpeg if url.startswith("data:image/jpeg") else encode_png
    return np.abs(pixels(url) - pixels(encode(picture))).mean() < 1


# --- the drawing ---------------------------------------------------------------------------------------


def test_the_drawing_is_the_canvass_or_an_example(drawing):
    found = take_drawing(make_value("facades", drawing, 7), {})
    assert (found["source"], found["seed"]) == ("canvas", 7)
    assert (pixels(found["drawing"]) == np.asarray(drawing)).all()
    assert take_drawing(make_value("facades", drawing, 7), {"seen": found["seen"]}) == {"same": True}
    assert "drawing" in take_drawing(make_value("facades", drawing, 8), {"seen": found["seen"]})
    cat = make_value("edges2cats", load_image(examples_of("edges2cats")[0]))
    assert take_drawing(cat, {})["source"] == "example"
    other = take_drawing(None, {"source": "example", "avoid": found["name"]})
    assert other["source"] == "example" and other["name"] != found["name"]
    assert "source" in take_drawing(None, {"source": "moon"})["error"]
    back = give_drawing({"drawing": encode_png(drawing), "seed": 5})
    assert (back["task"], back["seed"]) == ("facades", 5)


# --- training, replayed ----------------------------------------------------------------------------------


def test_a_step_is_the_generator_of_that_step(weights, drawing):
    found = learn_curves({})
    assert "This run: 80,000 steps, batch size 1, ngf 4, λ = 100." in found.pop("run")
    assert found == {
        "steps": list(STEPS),
        "at": [100, 200],
        "curves": {"D": [0.5, 0.4], "G_gan": [1, 2], "G_l1": [0.4, 0.3]},
    }
    assert not replay_panel.generators().loaded(), "curves load no network"
    task_drawing = prepare(pool.find_task("facades"), drawing)
    answers = {step: learn_replay(asked(drawing, step=step)) for step in STEPS}
    for step, answer in answers.items():
        picture = Translator(weights / "facades-steps" / str(step), "cpu").translate(task_drawing, 3)
        assert answer["step"] == step and near(answer["picture"], picture)
    assert answers[80000]["to_last"] == 0 < answers[0]["to_last"]
    assert "no snapshot of step 5; there are: 0, 100, 80000" in learn_replay(asked(drawing, step=5))["error"]


def test_without_snapshots_one_line_says_so(weights, drawing, monkeypatch, tmp_path):
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(tmp_path))
    for answer in (learn_curves({}), learn_replay(asked(drawing, step=0)), learn_game(asked(drawing))):
        assert list(answer) == ["error"] and "no snapshots are here" in answer["error"]
        assert str(tmp_path) not in answer["error"]


# --- skips -----------------------------------------------------------------------------------------------


def test_skips_and_maps(weights, drawing):
    whole = learn_skips(asked(drawing, settled=True))
    assert whole["skips"] == [2, 4, 8, 16, 32, 64, 128] and whole["moved"] == 0
    assert [cut for cut, _ in whole["effects"]] == [[2], [4], [8], [16], [32], [64], [128], whole["skips"]]
    assert len(whole["layers"]) == 15 and whole["layers"][0] == ["encoder 1", 128, 4]
    assert near(whole["bottleneck"], pool.translators().get("facades-encdec").translate(drawing, 3))
    cut = learn_skips(asked(drawing, cut=[128, 2], layer="decoder 3"))
    assert cut["moved"] > 0 and "effects" not in cut
    assert cut["whole"] == whole["whole"] == whole["cut"] != cut["cut"]
    assert len(cut["maps"]) == 16 and pixels(cut["maps"][0]["picture"]).shape == (8, 8, 3)
    assert "no skip of side 3" in learn_skips(asked(drawing, cut=[3]))["error"]
    assert "no layer is called 'roof'" in learn_skips(asked(drawing, layer="roof"))["error"]


# --- the game --------------------------------------------------------------------------------------------


def test_the_numbers_shown_are_the_games(weights, drawing):
    """The same moves on the same pair, without the page: the same losses and scores."""
    shown = learn_game(asked(drawing, move="new", step=100))
    stand_in = pool.translators().get("facades").translate(prepare(pool.find_task("facades"), drawing), 3)
    assert not shown["photo"] and near(shown["real"], stand_in)
    game = Game(weights / "facades-steps" / "100", pil_to_tensor(drawing), pil_to_tensor(stand_in))
    assert shown["losses"] == pytest.approx(game.position().losses, rel=1e-5)
    moves = (("D", game.step_d), ("G", game.step_g), ("both", lambda: game.steps(2)))
    for move, same in moves:
        same()
        shown = learn_game({"move": move, "count": 2, "token": shown["token"], "visit": "test"})
        now = game.position()
        assert shown["losses"] == pytest.approx(now.losses, rel=1e-4)
        assert shown["scores"]["fake"] == pytest.approx(
            float(torch.sigmoid(now.fake_logits).mean()), rel=1e-4
        )
    assert (shown["steps_d"], shown["steps_g"]) == (3, 3)


def test_two_visitors_do_not_share_a_game(weights, drawing):
    one, two = (learn_game(asked(drawing, move="new", step=0)) for _ in range(2))
    assert one["losses"] == two["losses"] and one["token"] != two["token"]
    moved = learn_game({"move": "both", "count": 3, "token": one["token"]})
    again = learn_game({"move": "D", "token": two["token"]})
    assert (moved["steps_g"], again["steps_g"], again["steps_d"]) == (3, 0, 1)
    reset = learn_game(asked(drawing, move="new", step=0, token=one["token"]))
    assert reset["losses"] == one["losses"]
    assert "press Reset" in learn_game({"move": "D", "token": one["token"]})["error"]


def test_the_oldest_game_makes_room():
    games = Games(limit=2)
    tokens = [games.add(None) for _ in range(3)]
    assert len(games) == 2
    with pytest.raises(ValueError, match="made room for others"):
        games.get(tokens[0])


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"move": "jump"}, "no move is called 'jump'"),
        ({"move": "both", "count": 1000, "token": "x"}, "expected 1 to 10"),
        ({"move": "new"}, "no drawing came with the request"),
        (None, "no drawing came with the request"),
        ({"move": "D", "token": "nobody's"}, "press Reset"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(weights, sent, said):
    answer = learn_game(sent)
    assert list(answer) == ["error"] and said in answer["error"] and "\n" not in answer["error"]


# --- L1 or adversary -------------------------------------------------------------------------------------


def test_lambda_picks_a_run(weights, drawing):
    points = learn_points({})["points"]
    assert [(value, here) for value, _, here in points] == [
        ("0", True),
        ("10", False),
        ("100", True),
        ("∞", True),
    ]
    assert not pool.translators().loaded(), "the points load no network"
    for value, name in (("0", "facades-cgan"), ("100", "facades"), ("∞", "facades-l1")):
        found = learn_objective(asked(drawing, value=value))
        assert near(found["picture"], pool.translators().get(name).translate(drawing, 3))
        assert sum(found["a"]) == pytest.approx(1) and found["overlap"] is None
    assert "λ = 10 is not here" in learn_objective(asked(drawing, value="10"))["error"]
    assert "no run has λ = 7" in learn_objective(asked(drawing, value="7"))["error"]


def test_the_comparison_run_goes_before_the_main_one(weights, drawing, root):
    save_checkpoint(root, "facades-patch70", ngf=4)
    try:
        found = learn_objective(asked(drawing, value="100"))
        assert near(found["picture"], pool.translators().get("facades-patch70").translate(drawing, 3))
    finally:
        for path in sorted((root / "facades-patch70").iterdir()):
            path.unlink()
        (root / "facades-patch70").rmdir()
