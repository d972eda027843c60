"""The head of every panel: the page's name, the list of panels, and light or dark.

Gradio's own row of tabs hides what does not fit behind "…"; here it scrolls. Gradio's row stays in the page,
unseen, and is what a click here presses.
"""

from pathlib import Path

import gradio as gr

from pix2pix.ui.web import build_component

FOLDER = Path(__file__).parent


def build_masthead(tabs: list[tuple[str, str]]) -> gr.HTML:
    """tabs: name (in the page's address, ?tab=NAME) and title of each panel, in their order."""
    return build_component(
        "masthead", FOLDER, "masthead.js", [], tabs=[{"name": name, "title": title} for name, title in tabs]
    )
