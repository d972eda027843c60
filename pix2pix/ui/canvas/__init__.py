"""The drawing component: canvas.html, canvas.css and three scripts, handed to `gr.HTML` as they are.

Gradio's own ImageEditor draws nothing with the first stroke, knows no rectangles, fills or named swatches
and always anti-aliases; `gr.HTML` gives a component of one's own in plain JavaScript, with no build step.
"""

from collections.abc import Callable
from pathlib import Path

import gradio as gr

FOLDER = Path(__file__).parent
SCRIPTS = ("surfaces.js", "tools.js", "canvas.js")
"""Run as one function, in this order: pixels, then the tools as data, then pointers, keys and pictures."""


def build_canvas(tasks: list[dict], start: dict, server_functions: list[Callable]) -> gr.HTML:
    """The component. Its value is {"task", "drawing", "seed"}: see `pix2pix.ui.drawing.read_value`."""
    return gr.HTML(
        value=None,
        html_template=(FOLDER / "canvas.html").read_text(encoding="utf-8"),
        css_template=(FOLDER / "canvas.css").read_text(encoding="utf-8"),
        js_on_load="\n".join((FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS),
        apply_default_css=False,
        server_functions=server_functions,
        elem_id="canvas",
        tasks=tasks,
        start=start,
    )
