"""The drawing component: canvas.html, canvas.css and ES modules, of which main.js is the first.

Gradio's own ImageEditor draws nothing with the first stroke, knows no rectangles, fills or named swatches
and always anti-aliases; `gr.HTML` allows a component in plain JavaScript.
"""

from collections.abc import Callable
from pathlib import Path

import gradio as gr

from pix2pix.ui.web import build_component

FOLDER = Path(__file__).parent
STYLES = ["canvas.css", "tiles.css", "controls.css"]


def build_canvas(tasks: list[dict], start: dict, server_functions: list[Callable]) -> gr.HTML:
    """The component. Its value is {"task", "drawing", "seed"}: see `pix2pix.ui.drawing.read_value`."""
    return build_component(
        "canvas",
        FOLDER,
        "main.js",
        STYLES,
        server_functions=server_functions,
        tasks=tasks,
        start=start,
    )
