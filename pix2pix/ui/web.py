"""The page's scripts, and the HTML and CSS of its panels, as static files, and components that load them.

`gr.HTML` runs a component's script as one function; that function imports an ES module from this folder and
calls its `mount` with what Gradio gives: element, props, server, trigger, watch. There is no build step. The
address holds a hash of all files, so that browsers may keep them until they change.
"""

import functools
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.responses import PlainTextResponse, Response
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
def sheets() -> dict[str, Path]:
    """HTML and CSS of the panels, which only a visitor who opens them needs."""
    found = (path for path in sorted((FOLDER / "panels").iterdir()) if path.suffix in (".html", ".css"))
    return {path.relative_to(FOLDER).as_posix(): path for path in found}


@functools.cache
def version() -> str:
    """Changes with any script or sheet."""
    digest = hashlib.sha256()
    for name, path in (scripts() | sheets()).items():
        digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


async def serve_file(request: Any) -> Response:
    """One of `scripts` or `sheets`, never another file."""
    name = request.path_params["name"]
    path = (scripts() | sheets()).get(name)
    if path is None:
        return PlainTextResponse("no such script", 404)
    kept = f"public, max-age={YEAR}, immutable" if request.path_params["version"] == version() else "no-cache"
    kind = {".js": "text/javascript", ".html": "text/html", ".css": "text/css"}[path.suffix]
    return Response(content(path), media_type=kind, headers={"cache-control": kept})


@functools.cache
def content(path: Path) -> str:
    """The file as the browser gets it: scripts without their comments, a fifth of a first visit's scripts."""
    text = path.read_text(encoding="utf-8")
    return without_comments(text) if path.suffix == ".js" else text


def without_comments(script: str) -> str:
    """The script without lines that hold only a comment, and without indentation.

    Text between backquotes that goes over several lines stays as it is.
    """
    kept, quoted, block = [], False, False
    for line in script.splitlines():
        bare = line.strip()
        if quoted:
            kept.append(line)
        elif block or (bare.startswith("/*") and not re.search(r"\*/.", bare)):
            block = not bare.endswith("*/")
            continue
        elif bare.startswith("//"):
            continue
        else:  # code, perhaps with a cast before it or a comment behind it
            kept.append(line.lstrip())
        quoted ^= line.count("`") % 2 == 1
    return "\n".join(kept)


_published: dict[str, tuple[bytes, str]] = {}


def publish(content: bytes, media_type: str) -> str:
    """Serve a picture of the page under an address that its content decides, so that browsers may keep it."""
    name = hashlib.sha256(content).hexdigest()[:20]
    _published[name] = (content, media_type)
    return f"{PICTURES}/{name}"


def published() -> dict[str, tuple[bytes, str]]:
    """Address → content and media type of every picture given to `publish`."""
    return {f"{PICTURES}/{name}": kept for name, kept in _published.items()}


async def serve_picture(request: Any) -> Response:
    """One of the pictures given to `publish`."""
    content, media_type = _published.get(request.path_params["name"], (b"", ""))
    if not content:
        return PlainTextResponse("no such picture", 404)
    kept = {"cache-control": f"public, max-age={YEAR}, immutable"}
    return Response(content, media_type=media_type, headers=kept)


ROUTES = [
    Route(f"/{ADDRESS}/{{version}}/{{name:path}}", serve_file),
    Route(f"/{PICTURES}/{{name}}", serve_picture),
]


def address(name: str) -> str:
    """Where the page finds a script or sheet, relative to its own address. ValueError if there is none."""
    if name not in scripts() | sheets():
        raise ValueError(f"no script is called {name!r}; there are: {', '.join(scripts())}")
    return f"{ADDRESS}/{version()}/{name}"


def preloads() -> str:
    """Tags for the page's head: the browser fetches the first panel's scripts before Gradio asks for them.

    Not those in a folder on_demand, which are imported when a visitor first uses what they do.
    """
    names = [name for name in scripts() if not name.startswith("panels/") and "/on_demand/" not in name]
    return "".join(f'<link rel="modulepreload" href="{address(name)}">' for name in names)


MOUNT = """\
.then(({ mount }) => mount({ element, props, server, trigger, watch }));"""

# The sheet's styles are nested below the component as Gradio nests its own.
OPEN = """\
const get = (name) => fetch(new URL(name, document.baseURI)).then((answer) => answer.text());
const [script, page, ...styles] = FILES;
Promise.all([get(page), ...styles.map(get)])
  .then(([html, ...css]) => {
    element.innerHTML = html;
    const style = document.createElement("style");
    style.textContent = `#NAME { ${css.join("")} }`;
    element.append(style);
    return import(new URL(script, document.baseURI).href);
  })"""


def build_component(name: str, folder: Path, script: str, styles: list[str], **props: Any) -> gr.HTML:
    """The component called `name`: NAME.html and `styles` of `folder`, with its ES module `script`.

    props go to the script, except gr.HTML's own (server_functions).
    """
    return gr.HTML(
        value=None,
        html_template=(folder / f"{name}.html").read_text(encoding="utf-8"),
        css_template="".join((folder / style).read_text(encoding="utf-8") for style in styles),
        js_on_load=f'import(new URL("{_served(folder / script)}", document.baseURI).href){MOUNT}',
        apply_default_css=False,
        elem_id=name,
        **props,
    )


def build_late_component(name: str, files: list[Path], **props: Any) -> gr.HTML:
    """As `build_component`, but nothing of it is loaded before the component is shown.

    files: its script, its HTML and its style sheets.
    """
    addresses = json.dumps([_served(path) for path in files])
    return gr.HTML(
        value=None,
        html_template="<div></div>",
        js_on_load=OPEN.replace("FILES", addresses).replace("NAME", name) + MOUNT,
        apply_default_css=False,
        elem_id=name,
        **props,
    )


def _served(path: Path) -> str:
    return address(path.relative_to(FOLDER).as_posix())
