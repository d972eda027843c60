"""The About tab, and each model's card: what it was trained on, under which licence, and its limits."""

import functools
import json
import re
from pathlib import Path

import gradio as gr

from pix2pix.checkpoints import find
from pix2pix.images import load_image
from pix2pix.tasks import TASKS, find_task
from pix2pix.ui.drawing import encode_jpeg
from pix2pix.ui.models import trained_tasks

SHEET_SIDE = 960
"""Pixels: a model card's sheet of results is shown no larger."""

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
on the sheet is turned into a picture and forgotten by the server; your browser keeps it until you close it.

## Dice

The only randomness is dropout: half of the numbers in three layers are thrown away at random, in training
and here. The seed says which; the same drawing and seed always give the same picture.
"""

LOCAL = "http://127.0.0.1:7860"

PROGRAM = f"""\
## From a program

```python
from gradio_client import Client, handle_file

client = Client("{LOCAL}")
picture = client.predict(handle_file("drawing.png"), "facades", 0, api_name="/translate")
```
"""


def model_card(task_name: str) -> str:
    """The checkpoint's README.md as Markdown, its sheet of results inlined, without front matter and HTML."""
    try:
        folder, text = _read_card(task_name)
    except (ValueError, OSError):
        title = TASKS[task_name].title if task_name in TASKS else task_name
        return f"No weights for «{title}» are here yet, so there is no model card either."
    text = re.sub(r"<[^>]+>", "", text)
    return re.sub(r"!\[([^\]]*)\]\(([^)]*)\)", lambda match: _inline(folder, *match.groups()), text).strip()


def _inline(folder: Path, words: str, name: str) -> str:
    """A picture beside the card as a data URL: its path means nothing on this page. "" if it is not there."""
    path = folder / name
    if path.parent != folder:
        return ""
    try:
        picture = load_image(path)
    except ValueError:
        return ""
    picture.thumbnail((SHEET_SIDE, SHEET_SIDE))
    return f"![{words}]({encode_jpeg(picture, quality=85)})"


def licence_line(task_name: str) -> str:
    """One line on what the model was trained on and what follows for its use; "" where nothing is said."""
    try:
        _, text = _read_card(task_name)
    except (ValueError, OSError):
        return ""
    rows = dict(re.findall(r"^\| ([^|]+?) \| (.+?) \|$", text, re.MULTILINE))
    told = [
        f"{word}: {rows[row]}"
        for row, word in (
            ("data", "Trained on"),
            ("licence of the data", "Licence of the data"),
            ("use", "Use"),
        )
        if row in rows
    ]
    if told:
        return ". ".join(told) + "."
    for line in text.splitlines():
        if re.search(r"licen[cs]e", line, re.IGNORECASE) and len(line) > 20 and not line.startswith("#"):
            return re.sub(r"[*_`]|^\s*[->]\s*", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line)).strip()
    return ""


def _read_card(task_name: str) -> tuple[Path, str]:
    """Checkpoint folder, and its card without front matter."""
    folder = find(find_task(task_name).name)
    text = (folder / "README.md").read_text(encoding="utf-8")
    if text.startswith("---"):
        text = text.partition("---")[2].partition("\n---")[2]
    return folder, text


def build_about_tab(tab: gr.Tab) -> None:
    """What the method is, how a program asks, every model card that is here; all of it lies in `tab`."""
    with gr.Column(elem_classes=["reading"]):
        gr.Markdown(ABOUT)
        program = gr.Markdown(PROGRAM)
        # Only the browser knows the address under which it came here.
        tab.select(
            None,
            None,
            program,
            js=f"() => {json.dumps(PROGRAM)}.replace({json.dumps(LOCAL)}, location.origin)",
            api_visibility="private",
        )
        names = trained_tasks()
        if names:
            gr.Markdown("## The models: data, licence, limits")
        for name in names:
            with gr.Accordion(TASKS[name].title, open=False) as panel:
                card = gr.Markdown()
            # Read when it is opened: twelve sheets of results would make every visitor's first page slow.
            panel.expand(
                functools.partial(model_card, name),
                None,
                card,
                queue=False,
                show_progress="hidden",
                api_visibility="private",
            )
