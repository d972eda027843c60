"""Puts the panels together and launches the page.

A new panel is one line in PANELS. The canvas component is the source of the current drawing: a panel passes
it among its inputs and reads it with `drawing.read_value`, as `pix2pix/ui/__init__.py` says. Gradio keeps a
tab that was opened in the page, so the canvas lives on while another tab is shown.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass

import gradio as gr
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from pix2pix.checkpoints import root
from pix2pix.devices import keep_freed_memory
from pix2pix.inference.snapshots import available_snapshots
from pix2pix.ui import web
from pix2pix.ui.door import make_polite
from pix2pix.ui.first_paint import FirstPaint, first_sight
from pix2pix.ui.guard import Guard
from pix2pix.ui.limits import MAX_UPLOAD_MB
from pix2pix.ui.masthead import build_masthead
from pix2pix.ui.own_tasks import register_own_tasks
from pix2pix.ui.panels.about import build_about_panel
from pix2pix.ui.panels.draw import build_draw_panel, build_translate_endpoint
from pix2pix.ui.panels.learn import build_learn_panel
from pix2pix.ui.panels.patches import build_compare_endpoint, build_patches_panel
from pix2pix.ui.panels.samples import build_sample_endpoint, build_samples_panel
from pix2pix.ui.port import check_port, read_port
from pix2pix.ui.theme import CSS, PRESENTING, studio_theme
from pix2pix.ui.tiles import start_pictures


@dataclass(frozen=True)
class Panel:
    """One tab of the page next to Draw.

    name: in the page's address (?tab=NAME). build: layout and wiring, given the canvas and the tab that holds
    the panel. shown: whether this host has what the panel needs.
    """

    name: str
    title: str
    build: Callable[[gr.HTML, gr.Tab], None]
    shown: Callable[[], bool] = lambda: True


PANELS = (
    Panel("samples", "Samples", lambda canvas, tab: build_samples_panel(canvas)),
    Panel("patches", "Patch sizes", lambda canvas, tab: build_patches_panel(canvas, "patches")),
    Panel("losses", "Losses and skips", lambda canvas, tab: build_patches_panel(canvas, "losses")),
    Panel("learn", "Learn", lambda canvas, tab: build_learn_panel(canvas)),
    Panel("about", "About", lambda canvas, tab: build_about_panel(tab)),
)

TITLE = "pix2pix studio"


ENDPOINTS = (build_translate_endpoint, build_sample_endpoint, build_compare_endpoint)
"""`/translate`, `/sample` and `/compare`."""


def build_demo() -> gr.Blocks:
    """The whole page. Loads models only for tiles whose picture is not in the cache yet."""
    register_own_tasks()
    with gr.Blocks(
        title=TITLE,
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(3600, 3600),  # uploads and results of `/translate` are deleted after an hour
    ) as demo:
        shown = [panel for panel in PANELS if panel.shown()]
        build_masthead([("draw", "Draw"), *((panel.name, panel.title) for panel in shown)])
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Draw", id="draw"):
                canvas = build_draw_panel()
            for panel in shown:
                with gr.Tab(panel.title, id=panel.name) as tab:
                    panel.build(canvas, tab)
    # Endpoints for programs have widgets that no visitor sees: on a page of their own, so that the first one
    # need not load the scripts of galleries and videos.
    with demo.route("For programs", "/programs", show_in_navbar=False):
        for build_endpoint in ENDPOINTS:
            build_endpoint()
    make_polite(demo)
    # A visitor who would wait longer than 32 places is better told so at once.
    return demo.queue(max_size=32)


def launch(demo: gr.Blocks, **options) -> None:
    """Serve the page; `options` go to Gradio's launch and override what is set here."""
    settings = {
        "server_port": options.get("server_port") or read_port(),
        "theme": studio_theme(),
        "css_paths": [CSS, PRESENTING],
        "footer_links": ["api"],
        "max_file_size": f"{MAX_UPLOAD_MB}mb",
        "app_kwargs": {
            "middleware": [
                Middleware(GZipMiddleware, minimum_size=1000),
                Middleware(Guard),
                Middleware(FirstPaint, sight=first_sight(TITLE, start_pictures())),
            ],
            "routes": web.ROUTES,
        },
        "blocked_paths": [
            *(str(path.parent) for path in root().glob("*/generator.safetensors")),
            *map(str, available_snapshots()),
        ],
        "mcp_server": os.environ.get("PIX2PIX_MCP") == "1",
        "ssr_mode": False,
        "show_error": False,
    }
    check_port("the port", str(settings["server_port"]))
    keep_freed_memory()
    try:
        demo.launch(**{**settings, **options})
    except OSError as error:
        if "empty port" not in str(error):
            raise
        port = {**settings, **options}["server_port"]
        raise ValueError(f"port {port} is taken by another program; set PORT to another one") from None
