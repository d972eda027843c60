"""The page's scripts as static files, and components that load them.

`gr.HTML` runs a component's script as one function; that function imports an ES module from this folder and
calls its `mount` with what Gradio gives: element, props, server, trigger, watch. There is no build step. The
address holds a hash of all scripts, so that browsers may keep them until they change.
"""

import functools
import hashlib
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

FOLDER = Path(__file__).parent
ADDRESS = "studio-scripts"
PICTURES = "studio-pictures"
YEAR = 365 * 24 * 3600


@functools.cache
def scripts() -> dict[str, Path]:
    """Every script by its path below pix2pix/ui, with "/" between folders."""
    return {path.relative_to(FOLDER).as_posix(): path for path in sorted(FOLDER.rglob("*.js"))}


@functools.cache
def version() -> str:
    """Changes with any script."""
    digest = hashlib.sha256()
    for name, path in scripts().items():
        digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


async def serve_script(request: Any) -> Response:
    """One of `scripts`, never another file."""
    path = scripts().get(request.path_params["name"])
    if path is None:
        return PlainTextResponse("no such script", 404)
    kept = f"public, max-age={YEAR}, immutable" if request.path_params["version"] == version() else "no-cache"
    return FileResponse(path, media_type="text/javascript", headers={"cache-control": kept})


_published: dict[str, tuple[bytes, str]] = {}


def publish(content: bytes, media_type: str) -> str:
    """Serve a picture of the page under an address that its content decides, so that browsers may keep it."""
    name = hashlib.sha256(content).hexdigest()[:20]
    _published[name] = (content, media_type)
    return f"{PICTURES}/{name}"


async def serve_picture(request: Any) -> Response:
    """One of the pictures given to `publish`."""
    content, media_type = _published.get(request.path_params["name"], (b"", ""))
    if not content:
        return PlainTextResponse("no such picture", 404)
    kept = {"cache-control": f"public, max-age={YEAR}, immutable"}
    return Response(content, media_type=media_type, headers=kept)


ROUTES = [
    Route(f"/{ADDRESS}/{{version}}/{{name:path}}", serve_script),
    Route(f"/{PICTURES}/{{name}}", serve_picture),
]


def address(name: str) -> str:
    """Where the page finds the script `name`, relative to its own address. ValueError if there is none."""
    if name not in scripts():
        raise ValueError(f"no script is called {name!r}; there are: {', '.join(scripts())}")
    return f"{ADDRESS}/{version()}/{name}"


def preloads() -> str:
    """Tags for the page's head: the browser fetches the first panel's scripts before Gradio asks for them.

    Not those in a folder on_demand, which are imported when a visitor first uses what they do.
    """
    names = [name for name in scripts() if not name.startswith("panels/") and "/on_demand/" not in name]
    return "".join(f'<link rel="modulepreload" href="{address(name)}">' for name in names)


def build_component(
    name: str, folder: Path, script: str, styles: list[str], page: str = "", **props: Any
) -> gr.HTML:
    """The component called `name`: `page` (NAME.html) and `styles` of `folder`, with its ES module `script`.

    props go to the script, except gr.HTML's own (server_functions).
    """
    module = (folder / script).relative_to(FOLDER).as_posix()
    return gr.HTML(
        value=None,
        html_template=(folder / (page or f"{name}.html")).read_text(encoding="utf-8"),
        css_template="".join((folder / style).read_text(encoding="utf-8") for style in styles),
        js_on_load=f'import(new URL("{address(module)}", document.baseURI).href)'
        ".then(({ mount }) => mount({ element, props, server, trigger, watch }));",
        apply_default_css=False,
        elem_id=name,
        **props,
    )
