"""The panels Patch sizes and Losses and skips: one façade drawing through models that differ in one
training-time setting (paper §4.2 to §4.4), with each one's own discriminator's patch map. Also the `/compare`
endpoint.

The handlers are plain functions; `build_patches_panel` puts them on the page.
"""

import os
import time
from collections.abc import Mapping
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from pix2pix import checkpoints
from pix2pix.evaluation.color_statistics import (
    AB_SCALE,
    BINS,
    ColorStatistics,
    describe,
    read_color_statistics,
)
from pix2pix.evaluation.metrics import histogram_intersection
from pix2pix.evaluation.paper import Row
from pix2pix.inference import DEFAULT_SEED, Translator
from pix2pix.models.discriminators import conv_layers, patch_map_size, receptive_box, receptive_field
from pix2pix.tasks import find_task
from pix2pix.ui import pool
from pix2pix.ui.comparisons import COMPARISONS, TABS, Comparison, find_comparison, our_scores
from pix2pix.ui.drawing import encode_png, prepare
from pix2pix.ui.inputs import FACADES, Input, choose_input, fingerprint, read_upload, read_wish
from pix2pix.ui.panels.component import build_panel
from pix2pix.ui.scales import VERDICT, colors, css_gradient, paint

SIDE = 256


def compare_models(canvas_value: object, asked: object) -> dict[str, Any]:
    """The canvas's value and what the visitor asks for → everything that the tab shows.

    asked: row (a name in COMPARISONS), source, name, avoid (see `choose_input`), and `seen`,
    the fingerprint of what is shown already. Returns {"same": True} where nothing would change, or
    {"error": …}.
    """
    try:
        asked = asked if isinstance(asked, Mapping) else {}
        row = find_comparison(str(asked.get("row") or "patch"))
        wish = read_wish(asked)
        chosen = choose_input(canvas_value, only=FACADES, **wish)
        there = checkpoints.available()
        mark = fingerprint(chosen, row.name, there)
        if mark == asked.get("seen"):
            return {"same": True}
        started = time.perf_counter()
        columns = run_row(row, chosen.drawing)
        return {
            "seen": mark,
            "row": row.name,
            "title": row.title,
            "look": row.look,
            "name": chosen.name,
            "source": chosen.source,
            "stands_in": stands_in(chosen, wish["source"]),
            "note": input_note(chosen, wish["source"]),
            "missing": missing_note(columns),
            "drawing": encode_png(chosen.drawing),
            "photo": None if chosen.photo is None else photo_column(chosen.photo, reference(row)),
            "columns": columns,
            "reference": reference(row),
            "bins": [-AB_SCALE, AB_SCALE, BINS],
            "scored": any(column["ours"] for column in columns),
            "seconds": time.perf_counter() - started,
        }
    except (ValueError, TypeError) as error:
        return {"error": str(error)}


def run_row(row: Comparison, drawing: Image.Image) -> list[dict[str, Any]]:
    """A column for each model of the row, in its order; a missing one says why and the others go on."""
    scores, photos = our_scores(), reference(row)
    return [run_model(model, drawing, photos, scores.get(model.checkpoint)) for model in row.models]


def run_model(
    model: Row, drawing: Image.Image, photos: dict[str, Any] | None, ours: tuple[float, ...] | None
) -> dict[str, Any]:
    """One column: picture, patch map, color and sharpness. "picture" is None where there are no weights."""
    column: dict[str, Any] = {
        "checkpoint": model.checkpoint,
        "label": model.label,
        "paper": model.figures,
        "ours": ours,
        "picture": None,
        "patches": None,
    }
    if model.checkpoint not in checkpoints.available():
        return {**column, "why": f"The checkpoint {model.checkpoint} is not here yet."}
    try:
        return column | pool.queue.run(show_model, model.checkpoint, drawing, photos)
    except ValueError:
        # Its own words may name folders of this machine.
        return {**column, "why": f"The checkpoint {model.checkpoint} could not be read."}


def show_model(checkpoint: str, drawing: Image.Image, photos: dict | None) -> dict[str, Any]:
    """What a column shows of one checkpoint. ValueError where it cannot be read."""
    translator = pool.translators().get(checkpoint)
    picture = translator.translate(drawing, seed=DEFAULT_SEED)
    found = {"picture": encode_png(picture), "patches": judge(translator, drawing, picture)}
    return found | measure(np.asarray(picture), photos)


def judge(translator: Translator, drawing: Image.Image, picture: Image.Image) -> dict[str, Any] | None:
    """What the run's own discriminator says; None where it had none.

    scores: PNG, gray, one pixel a patch, 255 for "certainly real". spans: see `patch_spans`.
    """
    if not has_judge(translator):
        return None
    probabilities = translator.critique(drawing, picture, translator.wish("seed", DEFAULT_SEED))
    n_layers = translator.discriminator.n_layers
    return {
        "scores": encode_png(Image.fromarray((probabilities * 255).round().astype(np.uint8))),
        "size": len(probabilities),
        "mean": float(probabilities.mean()),
        "field": receptive_field(n_layers),
        "layers": conv_layers(n_layers),
        "spans": patch_spans(n_layers, translator.side),
    }


def has_judge(translator: Translator) -> bool:
    """Whether the run trained a discriminator; what an L1 run may leave has learned nothing."""
    shipped = (translator.folder / "discriminator.safetensors").is_file()
    return shipped and translator.settings.get("recipe", {}).get("objective") != "l1"


def patch_spans(n_layers: int, side: int = SIDE) -> list[tuple[int, int]]:
    """For each cell along one axis of the patch map: first and last pixel that its score sees.

    Clipped at the picture's border; beyond it the convolutions see zeros.
    """
    boxes = [receptive_box(n_layers, index) for index in range(patch_map_size(n_layers, side))]
    return [(max(first, 0), min(last, side - 1)) for first, last in boxes]


def measure(rgb: np.ndarray, photos: dict[str, Any] | None) -> dict[str, Any]:
    """Color histograms and gradient energy of a picture, and its overlap with the training photos'."""
    found = describe(rgb)
    overlap = None
    if photos:
        overlap = {
            axis: histogram_intersection(np.array(getattr(found, axis)), np.array(photos[axis]))
            for axis in ("a", "b")
        }
    return {"a": found.a, "b": found.b, "energy": found.gradient_energy, "overlap": overlap}


def photo_column(photo: Image.Image, photos: dict[str, Any] | None) -> dict[str, Any]:
    """The real photo, measured like a model's picture: even it is only one among the training photos."""
    measured = pool.queue.run(measure, np.asarray(photo.convert("RGB")), photos)
    return {"picture": encode_png(photo), **measured}


def reference(row: Comparison) -> dict[str, Any] | None:
    """The training photos' numbers from the first checkpoint that keeps them: all saw the same photos."""
    for checkpoint in (*(model.checkpoint for model in row.models), FACADES):
        folder = checkpoints.root() / checkpoint
        found: ColorStatistics | None = read_color_statistics(folder)
        if found is not None:
            return {"a": found.a, "b": found.b, "energy": found.gradient_energy}
    return None


def stands_in(chosen: Input, wished: str) -> bool:
    """Whether an example had to be taken because there is no façade on the canvas."""
    return chosen.source == "example" and wished == "canvas"


def input_note(chosen: Input, wished: str) -> str:
    """What is being looked at, and why it is not the drawing on the canvas where it is not."""
    if chosen.source == "canvas":
        return "Your drawing on the Draw tab."
    if stands_in(chosen, wished):
        return (
            "These models know façades only, and there is no façade on the Draw tab now: "
            f"this is the example “{chosen.name}”."
        )
    return f"The {'example' if chosen.source == 'example' else 'input'} “{chosen.name}”."


def missing_note(columns: list[dict[str, Any]]) -> str:
    """One line that names the checkpoints that are not here; "" where all are."""
    names = [column["checkpoint"] for column in columns if column["picture"] is None]
    if not names:
        return ""
    return f"Not here yet: {', '.join(names)}. The others are shown."


def compare(
    image: str | None, row: str
) -> tuple[list[tuple[Image.Image, str]], list[tuple[Image.Image, str]], str]:
    """Run one façade drawing through the models of a row and ask each one's own discriminator.

    Args:
        image: a façade label map: PNG, JPEG, WebP, BMP or GIF.
        row: "patch" (patch sizes), "objective", "generator" or "today".

    Returns:
        The pictures, each with its model's name; the patch maps (orange: generated, blue: real), each
        with its model's name, grid size and mean score; a line that names missing checkpoints.
    """
    try:
        chosen = find_comparison(row)
        drawing = prepare(find_task(FACADES), read_upload(image))
        pictures, maps, missing = [], [], []
        for model in chosen.models:
            if model.checkpoint not in checkpoints.available():
                missing.append({"checkpoint": model.checkpoint, "picture": None})
                continue
            picture, scores = pool.queue.run(picture_and_scores, model.checkpoint, drawing)
            pictures.append((picture, model.label))
            if scores is not None:
                size = f"{len(scores)}×{len(scores)} patches, mean {scores.mean():.2f}"
                chart = paint(scores, 1, VERDICT).resize((SIDE, SIDE), Image.Resampling.NEAREST)
                maps.append((chart, f"{model.label}: {size}"))
    except ValueError as error:
        raise gr.Error(str(error), print_exception=False) from None
    return pictures, maps, missing_note(missing)


def picture_and_scores(checkpoint: str, drawing: Image.Image) -> tuple[Image.Image, np.ndarray | None]:
    """One checkpoint's picture, and what its own discriminator says of it, where it had one."""
    translator = pool.translators().get(checkpoint)
    picture = translator.translate(drawing, seed=DEFAULT_SEED)
    return picture, translator.critique(drawing, picture) if has_judge(translator) else None


def build_patches_panel(canvas: gr.HTML, name: str) -> None:
    """Layout and wiring. canvas: the Draw tab's component, the source of the drawing. name: a tab of TABS."""
    panel = build_panel(
        name,
        "patches",
        rows=[{"name": row, "title": COMPARISONS[row].title} for row in TABS[name]],
        verdict=css_gradient(VERDICT),
        colors=colors(VERDICT).tolist(),
        photos=bool(os.environ.get("PIX2PIX_DATA")),
    )
    panel.submit(
        compare_models,
        [canvas, panel],
        panel,
        api_visibility="private",
        show_progress="hidden",
        concurrency_id=pool.CONCURRENCY_ID,
        concurrency_limit=1,
    )


def build_compare_endpoint() -> None:
    """`/compare` for programs."""
    with gr.Column(visible=False):
        image = gr.File(label="image", type="filepath")
        row = gr.Textbox("patch", label="row", info=f"one of {', '.join(COMPARISONS)}")
        pictures = gr.Gallery(label="pictures", type="pil", format="png")
        maps = gr.Gallery(label="patch maps", type="pil", format="png")
        missing = gr.Textbox(label="missing")
        button = gr.Button("Compare")
    button.click(
        compare,
        [image, row],
        [pictures, maps, missing],
        api_name="compare",
        concurrency_id=pool.CONCURRENCY_ID,
        concurrency_limit=1,
    )
