"""The component of a panel: its HTML, CSS and script in this folder for `gr.HTML`.

Its value is small: what the visitor asks for on the way to the server, the answer on the way back. panel.css
and panel.js are what all panels share.
"""

from pathlib import Path
from typing import Any

import gradio as gr

from pix2pix.ui.web import build_component

FOLDER = Path(__file__).parent


def build_panel(name: str, files: str = "", **props: Any) -> gr.HTML:
    """The component called `name`, for example "samples"; `props` are for its script.

    files: the name of its HTML, CSS and script; that of the component unless given.
    """
    files = files or name
    styles = ["panel.css", f"{files}.css"]
    return build_component(name, FOLDER, f"{files}.js", styles, f"{files}.html", **props)
