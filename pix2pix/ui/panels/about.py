"""The About panel: what the method is, how a program asks, and every model card."""

import functools
import re

import gradio as gr

from pix2pix.tasks import TASKS
from pix2pix.ui.model_cards import model_card
from pix2pix.ui.pool import trained_tasks
from pix2pix.ui.timeline import timeline

ABOUT = """\
## What this is

You draw, and a small neural network turns the drawing into a picture, again and again while the pen moves.
The method is **pix2pix**: Isola, Zhu, Zhou and Efros, *Image-to-Image Translation with Conditional
Adversarial Networks*, CVPR 2017. Two networks learn from pairs, say a façade's label map and its photo:
the *generator* paints a picture for the label map, the *discriminator* sees label map and picture together
and says, patch by patch, whether the picture is a real photo. Each gets better because the other does.

One method, one kind of network, very different tasks: each card on the Draw tab is the same program trained
on other pairs.

## What it is not

The pictures are guesses made from a few hundred or a few thousand training pairs. They are not photos of
anything that exists, and a drawing far from the training drawings gives an odd picture. What you draw or drop
on the canvas is turned into a picture and forgotten by the server; your browser keeps it until you close it.

## Randomness

The only source of randomness is dropout: half of the activations of three layers are set to zero at random,
in training and here. The seed says which; the same drawing and seed always give the same picture.
"""

LOCAL = "http://127.0.0.1:7860"

PROGRAM = """\
## From a program

```python
from gradio_client import Client, handle_file

client = Client("{address}")
picture = client.predict(handle_file("drawing.png"), "facades", 0, api_name="/translate")
```
"""


def program(origin: str | None) -> str:
    """The program with the address under which the visitor's browser came here, which only it knows."""
    known = origin is not None and re.fullmatch(r"https?://[\w.:\[\]-]+", origin)
    return PROGRAM.format(address=origin if known else LOCAL)


def build_about_panel(tab: gr.Tab) -> None:
    """Layout and wiring. tab: the one that holds the panel."""

    # Made when the tab is opened: Gradio's script for Markdown is 29 kB that the first page does not need.
    @gr.render(None, [tab.select], queue=False, show_progress="hidden")
    def show(request: gr.Request) -> None:
        with gr.Column(elem_classes=["reading"]):
            gr.Markdown(ABOUT)
            gr.Markdown(timeline())
            gr.Markdown(program(request.headers.get("origin")))
            _build_cards(trained_tasks())


def _build_cards(names: list[str]) -> None:
    if names:
        gr.Markdown("## The models: data, license, limits")
    for name in names:
        with gr.Accordion(TASKS[name].title, open=False) as section:
            card = gr.Markdown()
        # Read when it is opened: twelve sample grids would make every visitor's first page slow.
        section.expand(
            functools.partial(model_card, name),
            None,
            card,
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
