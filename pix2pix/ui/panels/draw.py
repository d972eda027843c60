"""The Draw panel: live pictures while the pen moves, examples, photos to start from, and `/translate`.

The handlers are plain functions; `build_draw_panel` puts them on the page.
"""

import functools
import random
from collections.abc import Mapping

import gradio as gr
from PIL import Image

from pix2pix.color_wish import parse_color
from pix2pix.decoding.worker import load_upload
from pix2pix.images import load_image
from pix2pix.inference.full_size import SIZES, check_size
from pix2pix.tasks import TASKS, find_task
from pix2pix.ui import pool, zerogpu
from pix2pix.ui.canvas import build_canvas
from pix2pix.ui.drawing import decode_data_url, encode_jpeg, encode_png, load_full, prepare, read_seed
from pix2pix.ui.edges import trace_edges
from pix2pix.ui.hints import Hint, hint_for
from pix2pix.ui.live_request import read_request
from pix2pix.ui.model_cards import model_card
from pix2pix.ui.request_queue import Busy, Superseded, timed
from pix2pix.ui.tiles import examples_of, start_of_page, task_tiles


def live(sent: Mapping) -> dict:
    """One live picture. Called by the canvas while the pen moves, outside Gradio's queue.

    sent: visit, number (counts up within a visit), task, drawing (data URL), seed, and settled
    (the pen is up: add a hint) or exact (PNG instead of JPEG).
    Returns picture (data URL), hint, action (what helps: "example" or "") and seconds; or one of busy,
    superseded, error.
    """
    try:
        request = read_request(sent)
        name, preview = request.task.name, not request.exact
        make = functools.partial(
            timed,
            pool.make_picture,
            name,
            request.drawing,
            request.seed,
            preview=preview,
            color=request.color,
        )
        picture, seconds = pool.queue.run_live(request.visit, request.number, preview, make)
    except Busy:
        return {"busy": True}
    except Superseded:
        return {"superseded": True}
    except (ValueError, TypeError) as error:
        return {"error": str(error)}
    encode = encode_png if request.exact else encode_jpeg
    hint = hint_for(name, request.drawing) if request.settled else Hint("")
    return {"picture": encode(picture), "hint": hint.text, "action": hint.action, "seconds": seconds}


def example(request: Mapping) -> dict:
    """A drawing of the project's own: name, drawing (data URL).

    request: task, and name, or seen, the names of those that the visitor has had already. The first one is
    the one on the task's tile; after that they come at random, none twice before all have been seen.
    """
    try:
        paths = examples_of(find_task(str(request.get("task"))).name)
    except ValueError as error:
        return {"error": str(error)}
    if request.get("name"):
        named = [path for path in paths if path.name == request["name"]]
        if not named:
            return {"error": f"the link names the example {str(request['name'])[:60]!r}, which is not here"}
        return {"name": named[0].name, "drawing": encode_png(load_image(named[0]))}
    seen = request.get("seen")
    seen = [str(name) for name in seen] if isinstance(seen, list) else []
    fresh = [path for path in paths if path.name not in seen]
    fresh = fresh or [path for path in paths if path.name not in seen[-1:]] or paths
    if not fresh:
        return {"name": "", "drawing": ""}
    chosen = random.choice(fresh) if seen else fresh[0]
    return {"name": chosen.name, "drawing": encode_png(load_image(chosen))}


def photo_to_lines(request: Mapping) -> dict:
    """A photo (data URL) → a line drawing to go on from: drawing (data URL)."""
    try:
        photo = decode_data_url(request.get("photo"))
        if "photo2edges" in pool.trained_tasks():
            make = functools.partial(pool.make_picture, "photo2edges", photo, None)
            lines = pool.queue.run_live("photos", 0, False, make)
        else:
            lines = trace_edges(photo)
    except Busy:
        return {"error": "Many people are drawing right now; please try again in a moment."}
    except ValueError as error:
        return {"error": str(error)}
    return {"drawing": encode_png(lines)}


def translate(
    image: str | None, task: str, seed: float, color: str = "seed", size: str = "256"
) -> Image.Image:
    """Turn a drawing or photo into a picture.

    Args:
        image: the drawing, label map or photo: PNG, JPEG, WebP, BMP or GIF.
        task: what to make of it, for example "facades" or "edges2cats".
        seed: whole number from 0 to 999999 that fixes the dropout noise.
        color: main color of the picture, for models that know color wishes: "#c68642", "chocolate", "none",
            or "seed" for one that the seed draws.
        size: of the picture: "256" (short side), "512", "1024" or "full", the photo's own; what is cut out is
            transparent then.

    Returns:
        The picture, as PNG.
    """
    try:
        if not image:
            raise ValueError("no image was given")
        chosen = find_task(task)
        number, wish = read_seed(seed), parse_color(color or "seed")
        size = check_size(size or "256")
        if size == "256":
            drawing = prepare(chosen, load_upload(image))
            return zerogpu.run(chosen.name, "translate", drawing, number, wish)[0]
        drawing = prepare(chosen, load_full(image, chosen), most_side=None)
        return zerogpu.run(chosen.name, "translate", drawing, number, wish, size=size)[0]
    except ValueError as error:
        raise gr.Error(str(error), print_exception=False) from None


def show_model_card(value: Mapping | None) -> str:
    """The canvas's value → the model card of the task on it."""
    return model_card(str((value or {}).get("task")))


def build_draw_panel() -> gr.HTML:
    """Tiles, canvas, picture and the model card; returns the canvas, the other panels' source of drawings."""
    tiles, start = task_tiles(), start_of_page()
    pool.forget_previews(start["task"])
    canvas = build_canvas(tiles, start, [live, example, photo_to_lines])
    with gr.Accordion("About this model: data, licence, limits", open=False, elem_id="model-card") as panel:
        # Made only when somebody looks: a card with its sheet of results weighs 100 kB, and Gradio's script
        # for Markdown 29. The canvas sends "select" when the task changes while the card is open.
        @gr.render(canvas, [panel.expand, canvas.select], queue=False, show_progress="hidden")
        def show(value: Mapping | None) -> None:
            gr.Markdown(show_model_card(value))

    return canvas


def build_translate_endpoint() -> None:
    """`/translate` for programs. On the page itself it has no widgets: the canvas is the better one."""
    with gr.Column(visible=False):
        # A File, not an Image: Gradio would decode an Image itself, before our own limits.
        image = gr.File(label="image", type="filepath")
        task = gr.Textbox("facades", label="task", info=f"one of {', '.join(TASKS)}")
        seed = gr.Number(0, label="seed", precision=0)
        color = gr.Textbox("seed", label="color")
        size = gr.Textbox("256", label="size", info=f"one of {', '.join(SIZES)}")
        picture = gr.Image(label="picture", type="pil", format="png")
        button = gr.Button("Translate")
    button.click(
        translate,
        [image, task, seed, color, size],
        picture,
        api_name="translate",
        concurrency_id=pool.CONCURRENCY_ID,
        concurrency_limit=1,
    )
