"""The Learn panel: five exhibits on the façade that is on the canvas, for a lecture or for oneself.

Each exhibit has its own handlers: learn_replay, learn_skips, learn_game, learn_objective, real_or_fake. Here
are the drawing that they share, and layout and wiring. No network is loaded before an exhibit asks for it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from pix2pix.tasks import FACADE_PALETTE
from pix2pix.ui.drawing import decode_data_url, encode_png, make_value, read_seed
from pix2pix.ui.inputs import FACADES, choose_input, fingerprint, read_wish
from pix2pix.ui.panels.component import build_panel
from pix2pix.ui.panels.learn_game import MOST_STEPS, learn_game
from pix2pix.ui.panels.learn_objective import learn_objective, learn_points
from pix2pix.ui.panels.learn_replay import learn_curves, learn_replay
from pix2pix.ui.panels.learn_skips import learn_skips
from pix2pix.ui.panels.real_or_fake import class_result, next_question, quiz_credits, quiz_props
from pix2pix.ui.scales import HEAT, VERDICT, css_gradient

FOLDER = Path(__file__).parent


def take_drawing(canvas_value: object, asked: object) -> dict[str, Any]:
    """The canvas's façade, or an example where there is none: drawing (data URL), name, source, seed.

    asked: source, name, avoid (see `choose_input`), and seen, the fingerprint of the one that is shown.
    Returns {"same": True} where it is that one, {"error": …} for anything wrong.
    """
    try:
        asked = asked if isinstance(asked, Mapping) else {}
        chosen = choose_input(canvas_value, only=FACADES, **read_wish(asked))
        seed = read_seed(canvas_value.get("seed")) if isinstance(canvas_value, Mapping) else 0
        mark = fingerprint(chosen, seed)
        if mark == asked.get("seen"):
            return {"same": True}
        return {
            "seen": mark,
            "drawing": encode_png(chosen.drawing),
            "name": chosen.name,
            "source": chosen.source,
            "seed": seed,
            "photo": chosen.photo is not None,
        }
    except (ValueError, TypeError) as error:
        return {"error": str(error)}


def give_drawing(sent: Mapping) -> dict[str, Any]:
    """The drawing as it was changed here → the canvas's value."""
    return make_value(FACADES, decode_data_url(sent.get("drawing")), read_seed(sent.get("seed")))


def build_learn_panel(canvas: gr.HTML) -> None:
    """Layout and wiring. canvas: the Draw tab's component, source and target of the drawing."""
    panel = build_panel(
        "learn",
        styles=("learn_exhibits.css",),
        server_functions=[
            learn_curves,
            learn_replay,
            learn_skips,
            learn_game,
            learn_points,
            learn_objective,
            next_question,
            class_result,
            quiz_credits,
        ],
        palette=[[name, list(color)] for name, color in FACADE_PALETTE],
        heat=css_gradient(HEAT),
        verdict=css_gradient(VERDICT),
        most_steps=MOST_STEPS,
        quiz=quiz_props(),
    )
    private = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
    panel.submit(take_drawing, [canvas, panel], panel, **private)
    panel.select(give_drawing, panel, canvas, **private)
