"""A Hugging Face Space in one command: a folder with the page, the chosen weights and nothing else, uploaded.

`pix2pix space owner/name --tasks edges2cats,facades`; with --dry-run the folder is only made. It holds a copy
of this package, so that the Space runs what was tested here.
"""

import importlib.metadata
import re
import shutil
import tempfile
from pathlib import Path

from pix2pix import checkpoints, hub
from pix2pix.files import write_text
from pix2pix.tasks import TASKS

PACKAGE = Path(__file__).resolve().parent
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "state.safetensors", "*.new")
APP = '''"""The page of this Space."""

import os
from pathlib import Path

os.environ.setdefault("PIX2PIX_CHECKPOINTS", str(Path(__file__).resolve().parent / "checkpoints"))

from pix2pix.ui.page import build_demo, launch  # noqa: E402, since the folder is set first

demo = build_demo()

if __name__ == "__main__":
    launch(demo)
'''

# With --zerogpu: `spaces` comes before torch, and the models go to the GPU while this file is imported.
ZEROGPU = """\
os.environ.setdefault("PIX2PIX_ZEROGPU", "1")

import spaces  # noqa: E402, F401, before torch

from pix2pix.ui import zerogpu  # noqa: E402
from pix2pix.ui.own_tasks import register_own_tasks  # noqa: E402

register_own_tasks()
zerogpu.load()

"""
ZEROGPU_TORCH = "torch>=2.8,<2.12"  # what ZeroGPU supports, as is its Python
ZEROGPU_PYTHON = "3.12.12"


def make_space(
    repository: str,
    tasks: list[str],
    out: Path | None = None,
    dry_run: bool = False,
    zerogpu: bool = False,
) -> str:
    """Make the Space's folder and upload it; what was done, for the user.

    tasks: names of checkpoints, empty for every task of the page that has one. out: where the folder is
    made and stays; needed with dry_run. zerogpu: for a Space with ZeroGPU hardware.
    Raises ValueError in one line for a wrong name, an unknown task or a folder that is not empty.
    """
    if repository.count("/") != 1 or not all(
        re.fullmatch(r"[\w.-]+", part) for part in repository.split("/")
    ):
        raise ValueError(f"the Space is {repository!r}; expected owner/name")
    if dry_run and out is None:
        raise ValueError("--dry-run only makes the folder; name it with --out FOLDER")
    names = tasks or [name for name in TASKS if name in checkpoints.available()]
    if out is not None:
        write_folder(out, repository, names, zerogpu)
        return f"wrote {out}" if dry_run else f"wrote {out}; {send(out, repository)}"
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "space"
        write_folder(folder, repository, names, zerogpu)
        return send(folder, repository)


def send(folder: Path, repository: str) -> str:
    return f"uploaded {hub.upload(folder, repository, 'space', files=None, space_sdk='gradio')}"


def write_folder(folder: Path, repository: str, names: list[str], zerogpu: bool = False) -> None:
    """app.py, README.md, requirements.txt, the package and checkpoints/NAME for each name."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"{folder}: not empty; expected a new folder")
    found = {
        name: checkpoints.find(name) for name in names
    }  # an unknown one is told before anything is written
    if not found:
        raise ValueError("no checkpoint for any task; expected --tasks with names of checkpoints")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(PACKAGE, folder / "pix2pix", ignore=LEFT_OUT)
    for name, source in found.items():
        target = folder / "checkpoints" / name
        target.mkdir(parents=True)
        for pattern in (*hub.FILES, "*.jsonl"):
            for path in source.glob(pattern):
                if path.name != "state.safetensors":
                    shutil.copyfile(path, target / path.name)
    before, after = APP.split("from pix2pix.ui.page", 1)
    app = f"{before}{ZEROGPU if zerogpu else ''}from pix2pix.ui.page{after}"
    needed = requirements()
    if zerogpu:
        others = (line for line in needed if not re.match(r"torch\b", line))
        needed = [ZEROGPU_TORCH, "spaces", *others]
    write_text(app, folder / "app.py")
    write_text("\n".join(needed) + "\n", folder / "requirements.txt")
    write_text(head(repository, names, zerogpu), folder / "README.md")


def requirements() -> list[str]:
    """What the page needs: the clone's requirements.txt, or the installed package's own list with [demo]."""
    listed = PACKAGE.parent / "requirements.txt"
    if listed.is_file() and (PACKAGE.parent / "pyproject.toml").is_file():
        lines = listed.read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line and not line.startswith("#")]
    told = importlib.metadata.requires("pix2pix-studio") or []
    wanted = [line for line in told if "extra ==" not in line or re.search(r"extra == .demo.", line)]
    return [line.partition(";")[0].strip() for line in wanted]


def head(repository: str, names: list[str], zerogpu: bool = False) -> str:
    """The Space's README.md: its settings, and one line for people."""
    titles = ", ".join(TASKS[name].title for name in names if name in TASKS) or ", ".join(names)
    python = ZEROGPU_PYTHON if zerogpu else "3.12"
    hardware = "suggested_hardware: zero-a10g\n" if zerogpu else ""
    return f"""---
title: {repository.partition("/")[2]}
emoji: 🐈
colorFrom: gray
colorTo: yellow
sdk: gradio
sdk_version: {importlib.metadata.version("gradio")}
python_version: "{python}"
app_file: app.py
{hardware}tags: [pix2pix, image-to-image, gan]
license: mit
pinned: false
---

pix2pix studio: {titles}. The code is MIT; the weights have the terms that their cards in `checkpoints/` name.
"""
