"""The component of a panel: its HTML, CSS and script in this folder for `gr.HTML`.

Its value is small: what the visitor asks for on the way to the server, the answer on the way back. panel.css
and panel.js are what all panels share.
"""

from pathlib import Path
from typing import Any

import gradio as gr

from pix2pix.ui.web import build_late_component

FOLDER = Path(__file__).parent


def build_panel(name: str, files: str = "", styles: tuple[str, ...] = (), **props: Any) -> gr.HTML:
    """The component called `name`, for example "samples"; `props` are for its script.

    files: the name of its HTML, CSS and script; that of the component unless given.
    styles: more style sheets of this folder.
    """
    files = files or name
    parts = [f"{files}.js", f"{files}.html", "panel.css", f"{files}.css", *styles]
    return build_late_component(name, [FOLDER / part for part in parts], **props)
