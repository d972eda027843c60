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

from pix2pix.checkpoints import root
from pix2pix.devices import keep_freed_memory
from pix2pix.inference.snapshots import available_snapshots
from pix2pix.ui import web
from pix2pix.ui.limits import BodyLimit
from pix2pix.ui.own_tasks import register_own_tasks
from pix2pix.ui.panels.about import build_about_panel
from pix2pix.ui.panels.draw import build_draw_panel
from pix2pix.ui.panels.learn import build_learn_panel
from pix2pix.ui.panels.patches import build_patches_panel
from pix2pix.ui.panels.samples import build_samples_panel
from pix2pix.ui.theme import CSS, PRESENTING, studio_theme


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
    Panel("patches", "Patch sizes", lambda canvas, tab: build_patches_panel(canvas)),
    Panel("learn", "Learn", lambda canvas, tab: build_learn_panel(canvas)),
    Panel("about", "About", lambda canvas, tab: build_about_panel(tab)),
)

TITLE = "pix2pix studio"

HEADER = """\
<header class="masthead">
  <p class="name">pix2pix <em>studio</em></p>
  <p class="motto">Draw something. Watch it turn real.</p>
  <button type="button" class="lamp" aria-label="Light or dark"></button>
</header>
"""

# Gradio's own switch reloads the page; this one only turns the light on or off.
HEADER_SCRIPT = """\
const lamp = element.querySelector(".lamp");
const moon = "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z";
lamp.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${moon}"/></svg>`;
function shine(dark) {
  document.body.classList.toggle("dark", dark);
  lamp.setAttribute("aria-pressed", String(dark));
  lamp.title = dark ? "Light page" : "Dark page";
}
let kept = null;
try { kept = localStorage.getItem("pix2pix-studio-light"); } catch { /* private windows may forbid it */ }
const asked = new URLSearchParams(location.search).get("__theme");
if (kept && !asked) shine(kept === "dark");
else shine(document.body.classList.contains("dark"));
lamp.addEventListener("click", () => {
  const dark = !document.body.classList.contains("dark");
  shine(dark);
  try { localStorage.setItem("pix2pix-studio-light", dark ? "dark" : "light"); } catch { /* as above */ }
});
"""


def build_demo() -> gr.Blocks:
    """The whole page. Loads models only for tiles whose picture is not in the cache yet."""
    register_own_tasks()
    with gr.Blocks(
        title=TITLE,
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(3600, 3600),  # uploads and results of `/translate` are deleted after an hour
    ) as demo:
        gr.HTML(html_template=HEADER, js_on_load=HEADER_SCRIPT, apply_default_css=False, elem_id="masthead")
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Draw", id="draw"):
                canvas = build_draw_panel()
            for panel in PANELS:
                if panel.shown():
                    with gr.Tab(panel.title, id=panel.name) as tab:
                        panel.build(canvas, tab)
    # A visitor who would wait longer than 32 places is better told so at once.
    return demo.queue(max_size=32)


def launch(demo: gr.Blocks, **options) -> None:
    """Serve the page; `options` go to Gradio's launch and override what is set here."""
    settings = {
        "server_port": read_port(),
        "theme": studio_theme(),
        "css_paths": [CSS, PRESENTING],
        "head": web.preloads(),
        "footer_links": ["api"],
        "max_file_size": "20mb",
        "app_kwargs": {"middleware": [Middleware(BodyLimit)], "routes": [web.ROUTE]},
        "blocked_paths": [
            *(str(path.parent) for path in root().glob("*/generator.safetensors")),
            *map(str, available_snapshots()),
        ],
        "mcp_server": os.environ.get("PIX2PIX_MCP") == "1",
        "ssr_mode": False,
        "show_error": True,
    }
    keep_freed_memory()
    try:
        demo.launch(**{**settings, **options})
    except OSError as error:
        if "empty port" not in str(error):
            raise
        port = {**settings, **options}["server_port"]
        raise ValueError(f"port {port} is taken by another program; set PORT to another one") from None


def read_port() -> int:
    """The port to serve on, of PORT or GRADIO_SERVER_PORT. ValueError where it is no port."""
    for name in ("PORT", "GRADIO_SERVER_PORT"):
        if given := os.environ.get(name):
            if given.strip().isdecimal() and 1 <= int(given) <= 65535:
                return int(given)
            raise ValueError(f"{name} is {given!r}; expected a port from 1 to 65535, such as 7860")
    return 7860
