"""One step of the game: a visitor's own copy of a small generator and discriminator, trained on one pair.

Copies are kept in memory by a token that the server gives out; the oldest goes when there are too many.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pix2pix import checkpoints
from pix2pix.images import pil_to_tensor, tensor_to_pil
from pix2pix.models.discriminators import receptive_field
from pix2pix.training.game import Game
from pix2pix.ui import pool
from pix2pix.ui.drawing import encode_jpeg, encode_png
from pix2pix.ui.inputs import FACADES, real_photo
from pix2pix.ui.panels.learn_replay import snapshots
from pix2pix.ui.panels.learn_request import Answer, both_terms, compute, drawing_of, exhibit
from pix2pix.ui.scales import VERDICT, paint

MAX_GAMES = 6
"""Visitors who play at the same time; a game takes about 60 MB, with Adam's running means."""

MOST_STEPS = 10
"""Steps a request: × 100 is ten requests, so that others have their turn and the page shows progress."""

WISH_TOP = 99.0
"""Percentile of a gradient's size that gets the full color."""


@dataclass
class Visit:
    """One visitor's game. photo: whether y is a real photo; if not, it is the shipped model's picture."""

    game: Game
    real_b: Image.Image
    photo: bool


class Games:
    """Games by token, the least recently played dropped first. Safe to use from several threads."""

    def __init__(self, limit: int = MAX_GAMES):
        self.limit = limit
        self._games: OrderedDict[str, Visit] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, visit: Visit) -> str:
        token = secrets.token_urlsafe(12)
        with self._lock:
            self._games[token] = visit
            while len(self._games) > self.limit:
                self._games.popitem(last=False)
        return token

    def get(self, token: str) -> Visit:
        """ValueError where the game is no longer kept."""
        with self._lock:
            if token not in self._games:
                raise ValueError("this game has made room for others; press Reset to begin a new one")
            self._games.move_to_end(token)
            return self._games[token]

    def drop(self, token: str) -> None:
        with self._lock:
            self._games.pop(token, None)

    def __len__(self) -> int:
        with self._lock:
            return len(self._games)


GAMES = Games()


@exhibit
def learn_game(sent: Mapping) -> Answer:
    """One move, and where the game stands after it.

    sent: move: "new" (with drawing, seed, step: the snapshot to start from, and token: the game that it
    replaces), "D", "G" or "both" (with count, up to MOST_STEPS), each with token and lambda_l1.
    Returns see `describe_game`.
    """
    move = str(sent.get("move") or "new")
    if move not in ("new", "D", "G", "both"):
        raise ValueError(f"no move is called {move!r}; there are: new, D, G, both")
    if move == "new":
        drawing, seed = drawing_of(sent)
        steps = snapshots().steps
        step = steps[2 * len(steps) // 3] if sent.get("step") is None else int(sent["step"])
        return compute(sent, lambda: new_game(drawing, seed, step, str(sent.get("token") or "")))
    token = str(sent.get("token") or "")
    count = int(sent.get("count") or 1)
    if not 1 <= count <= MOST_STEPS:
        raise ValueError(f"{count} steps were asked for; expected 1 to {MOST_STEPS}")
    lambda_l1 = float(sent.get("lambda_l1", 100))

    def play() -> Answer:
        visit = GAMES.get(token)
        visit.game.weigh_l1(lambda_l1)
        if move == "D":
            visit.game.step_d()
        elif move == "G":
            visit.game.step_g()
        else:
            visit.game.steps(count)
        return {"token": token, **describe_game(visit)}

    return compute(sent, play)


def new_game(drawing: Image.Image, seed: int, step: int, replaces: str) -> Answer:
    """A fresh copy of the networks of a snapshot, and the pair: the drawing, and its photo or a stand-in."""
    folder = snapshots().checkpoint(step)
    photo = real_photo(FACADES, drawing)
    # Without a photo of this very house the shipped model's picture stands in for it.
    shipped = FACADES if FACADES in checkpoints.available() else both_terms()
    picture = photo or pool.translators().get(shipped).translate(drawing, seed)
    GAMES.drop(replaces)
    side = 256
    real_b = picture.convert("RGB").resize((side, side), Image.Resampling.BICUBIC)
    real_a = pil_to_tensor(drawing.convert("RGB").resize((side, side), Image.Resampling.NEAREST))
    visit = Visit(Game(folder, real_a, pil_to_tensor(real_b)), real_b, photo is not None)
    return {"token": GAMES.add(visit), "from": step, **describe_game(visit)}


def describe_game(visit: Visit) -> Answer:
    """real, fake, real_map, fake_map, gan_wish, l1_wish (pictures); losses, scores (mean D on both), field;

    photo: whether y is a photo; resumed: whether Adam has the run's second moments; steps_d, steps_g.
    """
    game, now = visit.game, visit.game.position()
    real, fake = (torch.sigmoid(logits)[0, 0].numpy() for logits in (now.real_logits, now.fake_logits))
    return {
        "real": encode_jpeg(visit.real_b),
        "fake": encode_jpeg(tensor_to_pil(now.fake_b)),
        "real_map": encode_png(paint(real, 1, VERDICT)),
        "fake_map": encode_png(paint(fake, 1, VERDICT)),
        "gan_wish": encode_png(paint_wish(now.gan_wish)),
        "l1_wish": encode_png(paint_wish(now.l1_wish)),
        "losses": now.losses,
        "scores": {"real": float(real.mean()), "fake": float(fake.mean())},
        "field": receptive_field(game.networks.discriminator.n_layers),
        "lambda_l1": game.config.lambda_l1,
        "photo": visit.photo,
        "resumed": game.resumed,
        "steps_d": game.steps_d,
        "steps_g": game.steps_g,
    }


def paint_wish(wish: Tensor) -> Image.Image:
    """A gradient (1, 3, S, S) → RGB: mid-gray where nothing is asked for, brighter for more."""
    size = float(np.percentile(wish.abs().numpy(), WISH_TOP))
    return tensor_to_pil((wish / max(size, 1e-12)).clamp(-1, 1))
