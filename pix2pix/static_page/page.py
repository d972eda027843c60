"""Writes the static page: HTML, the canvas's scripts, networks as ONNX, pictures, and the runtime.

The tiles, examples and styles are those of the studio's own page (pix2pix/ui); networks come from
formats/onnx_file.py. Knows nothing about how a browser runs them.
"""

import hashlib
import json
import shutil
from html import escape
from pathlib import Path
from string import Template

from pix2pix import checkpoints
from pix2pix.files import write_text
from pix2pix.formats.onnx_file import export_onnx
from pix2pix.static_page.runtime import PARTS, VERSION, find_runtime
from pix2pix.tasks import find_task
from pix2pix.ui import canvas, masthead, pool, theme, web
from pix2pix.ui.model_cards import license_line
from pix2pix.ui.own_tasks import register_own_tasks
from pix2pix.ui.tiles import examples_of, start_of_page, task_tiles

FOLDER = Path(__file__).parent
SCRIPTS = ("boot.js", "model_server.js", "worker.js", "noise.js", "images.js", "resize.js")
PANELS = ("canvas/", "masthead/", "address.js")  # what the page has of pix2pix/ui
DESCRIPTION = "Draw, and a network in your browser makes a picture of it (pix2pix, Isola et al. 2017)."


def export_web(names: list[str], out: Path, runtime: Path | None = None) -> str:
    """Write the page with a tile for each task in `names`; what was written, for the user.

    runtime: a folder with onnxruntime-web's files; None downloads them. Raises ValueError in one line for a
    name without weights, a folder that is not empty, or a runtime that cannot be had.
    """
    register_own_tasks()
    trained = pool.trained_tasks()
    for name in names:
        if name not in trained:
            there = ", ".join(trained) or "none"
            raise ValueError(f"no task {name!r} with weights is here; there are: {there}")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ValueError(f"{out}: not empty; expected a new folder")
    names = [name for name in trained if name in names]  # in the order of the page, none twice
    binaries = find_runtime(runtime)
    out.mkdir(parents=True, exist_ok=True)
    content = {
        "tasks": task_tiles(names),
        "start": start_of_page(names),
        "examples": {name: write_examples(name, out) for name in names},
        "models": [write_model(name, out) for name in names],
        "backends": write_runtime(binaries, out),
    }
    write_text(write_published(json.dumps(content), out), out / "page.json")
    write_scripts(out)
    write_text(stylesheet(), out / "page.css")
    write_text(licenses(names), out / "LICENSES.txt")
    write_page(out)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) / 1e6
    return f"wrote {out} ({size:.0f} MB); to see it: python -m http.server --directory {out}"


def write_model(name: str, out: Path) -> dict:
    """The network of a task as models/NAME-HASH.onnx; what worker.js needs to know about it."""
    folder = checkpoints.find(name)
    settings = checkpoints.load_settings(folder)
    generator = checkpoints.load_generator(folder)
    made = out / "models" / f"{name}.onnx"
    export_onnx(folder, made)
    digest = hashlib.sha256(made.read_bytes()).hexdigest()[:12]
    made = made.rename(made.with_name(f"{name}-{digest}.onnx"))
    return {
        "name": name,
        "file": made.relative_to(out).as_posix(),
        "size": made.stat().st_size,
        "side": generator.image_size,
        "inputKind": settings["input_kind"],
        "outputKind": settings["output_kind"],
        "noise": [list(shape) for shape in generator.noise_shapes()],
        "dropout": generator.dropout,
        "colors": settings.get("colors", []) if settings.get("color_wish") else None,
    }


def write_examples(name: str, out: Path) -> list[dict]:
    """The project's own drawings of a task, as files of the page."""
    found = []
    for path in examples_of(name):
        target = out / "examples" / name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        found.append({"name": path.name, "file": target.relative_to(out).as_posix()})
    return found


def write_runtime(binaries: Path, out: Path) -> dict:
    """onnxruntime-web's files; the scripts end in .js, which every host serves as JavaScript."""
    folder = out / "runtime" / VERSION
    folder.mkdir(parents=True)
    backends = {}
    for backend, (script, wasm) in PARTS.items():
        shutil.copyfile(binaries / script, folder / f"{backend}.js")
        shutil.copyfile(binaries / wasm, folder / f"{backend}.wasm")
        backends[backend] = {
            "script": f"runtime/{VERSION}/{backend}.js",
            "wasm": f"runtime/{VERSION}/{backend}.wasm",
            "size": (folder / f"{backend}.wasm").stat().st_size,
        }
    return backends


def write_published(content: str, out: Path) -> str:
    """Makes files of the pictures that `content` names by address; content with the files' names."""
    folder = out / "pictures"
    for address, (picture, media_type) in web.published().items():
        if address in content:
            folder.mkdir(exist_ok=True)
            name = f"{address.rpartition('/')[2]}.{media_type.partition('/')[2]}"
            (folder / name).write_bytes(picture)
            content = content.replace(address, f"pictures/{name}")
    return content


def write_scripts(out: Path) -> None:
    """The studio's modules and ours, with the folders between them as in this package."""
    for name, path in web.scripts().items():
        if name.startswith(PANELS):
            copy_script(path, out / "scripts" / "ui" / name)
    for name in SCRIPTS:
        copy_script(FOLDER / name, out / "scripts" / "static_page" / name)


def copy_script(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def stylesheet() -> str:
    """The studio's styles, those of the canvas inside its element, as Gradio puts them."""
    parts = [canvas.FOLDER / name for name in canvas.STYLES]
    inside = "".join(path.read_text(encoding="utf-8") for path in parts)
    own = (FOLDER / "page.css").read_text(encoding="utf-8")
    return f"{theme.CSS.read_text(encoding='utf-8')}\n{own}\n#canvas {{\n{inside}\n}}\n"


def licenses(names: list[str]) -> str:
    """Who made what is on the page, and on which terms."""
    told = [f"{find_task(name).title}: {license_line(name) or 'no terms are told.'}" for name in names]
    return "\n".join(
        [
            "Scripts of the page: pix2pix studio, MIT License, below.",
            f"runtime/: onnxruntime-web {VERSION}, Copyright (c) Microsoft Corporation, MIT License, below.",
            "models/ follow from data with terms of their own:",
            *(f"- {line}" for line in told),
            "",
            (FOLDER / "mit.txt").read_text(encoding="utf-8"),
        ]
    )


def write_page(out: Path) -> None:
    """index.html with page.json inside, and the service worker with the list of all other files."""
    content = out / "page.json"
    said = content.read_text(encoding="utf-8")
    content.unlink()
    scripts = sorted(path.relative_to(out).as_posix() for path in (out / "scripts").rglob("*.js"))
    first = "".join(f'<link rel="modulepreload" href="{name}">' for name in scripts if "worker" not in name)
    template = Template((FOLDER / "page.html").read_text(encoding="utf-8"))
    page = template.substitute(
        title="pix2pix studio",
        description=escape(DESCRIPTION),
        preloads=first,
        masthead=(masthead.FOLDER / "masthead.html").read_text(encoding="utf-8"),
        canvas=(canvas.FOLDER / "canvas.html").read_text(encoding="utf-8"),
        page=said.replace("<", "\\u003c"),
    )
    write_text(page, out / "index.html")
    large = (".onnx", ".wasm")
    files = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for name in files:
        digest.update(name.encode() + b"\0" + (b"" if name.endswith(large) else (out / name).read_bytes()))
    worker = Template((FOLDER / "sw.js").read_text(encoding="utf-8"))
    kept = [name for name in files if not name.endswith(large)]
    filled = worker.safe_substitute(
        version=digest.hexdigest()[:12],
        files=json.dumps(kept),
        models=json.dumps([name for name in files if name.endswith(large)]),
    )
    write_text(filled, out / "sw.js")
