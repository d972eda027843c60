"""The components of the Samples, Patch sizes and Real or fake? tabs: HTML, CSS and JavaScript for `gr.HTML`.

Each one's value is small: what the visitor asks for on the way to the server, the answer on the way back.
common.js stands above each one's own script in the same function.
"""

from pathlib import Path
from typing import Any

import gradio as gr

FOLDER = Path(__file__).parent


def read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def build_exhibit(name: str, **props: Any) -> gr.HTML:
    """The component called `name` ("samples", "patches" or "quiz"); `props` are for its script."""
    return gr.HTML(
        value=None,
        html_template=read(f"{name}.html"),
        css_template=read("common.css") + read(f"{name}.css"),
        js_on_load=read("common.js") + read(f"{name}.js"),
        apply_default_css=False,
        elem_id=name,
        **props,
    )
