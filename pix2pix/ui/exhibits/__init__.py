"""The components of the Samples and Patch sizes tabs: HTML, CSS and JavaScript, handed to `gr.HTML` as they are.

Each one's value is small: what the visitor asks for on the way to the server, the answer on the way back.
common.js stands above each one's own script in the same function.
"""

from pathlib import Path
from typing import Any

import gradio as gr

FOLDER = Path(__file__).parent


def build_exhibit(name: str, **props: Any) -> gr.HTML:
    """The component called `name` ("samples" or "patches"); `props` are for its script."""
    read = {suffix: (FOLDER / f"{name}.{suffix}").read_text(encoding="utf-8") for suffix in ("html", "css", "js")}
    common = {suffix: (FOLDER / f"common.{suffix}").read_text(encoding="utf-8") for suffix in ("css", "js")}
    return gr.HTML(
        value=None,
        html_template=read["html"],
        css_template=common["css"] + read["css"],
        js_on_load=common["js"] + read["js"],
        apply_default_css=False,
        elem_id=name,
        **props,
    )
