"""The import table of the house: who may know whom, and that nothing but the page imports gradio."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "pix2pix"

# A module may import these siblings and no others. What stands further down may not look up.
MAY_IMPORT: dict[str, set[str]] = {
    "tasks": set(),
    "paper": set(),
    "images": set(),
    "convolutions": set(),
    "generator": {"convolutions"},
    "packed": {"convolutions", "generator"},
    "losses": set(),
    "augmentation": set(),
    "devices": set(),
    "graphs": set(),
    "drawings": {"tasks"},
    "discriminators": {"generator"},
    "config": {"losses"},
    "recipes": {"config"},
    "pairs": {"images"},
    "data": {"config", "images", "pairs", "recipes"},
    "checkpoints": {"config", "discriminators", "generator", "images", "losses"},
    "inference": {"checkpoints", "devices", "discriminators", "generator", "graphs", "images"} | {"packed"},
    "training": {"augmentation", "checkpoints", "config", "data", "devices", "drawings"}
    | {"generator", "graphs", "images", "losses", "tasks"},
    "batch": {"images", "inference"},
    "bench": {"checkpoints", "config", "convolutions", "devices", "documents", "drawings", "inference"}
    | {"generator", "packed", "training"},
    "documents": {"checkpoints"},
    "cards": {"checkpoints", "config", "discriminators", "drawings", "images", "inference", "recipes"}
    | {"tasks"},
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    """The module or sub-package of pix2pix that a file belongs to."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Full dotted names that a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:  # from . import …: from the folder the file is in, or one further up
                folder = path.parents[node.level - 1].relative_to(ROOT).parts
                module = ".".join((*folder, *filter(None, [module])))
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return names


def siblings(path: Path) -> set[str]:
    rooms = {room(p) for p in modules()}
    found = {name.split(".")[1] for name in imported(path) if name.startswith("pix2pix.")}
    return (found & rooms) - {room(path)}


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_one_way(path):
    name = room(path)
    if name in MAY_IMPORT:
        assert siblings(path) <= MAY_IMPORT[name]
    if name not in ("ui", "__main__"):
        assert "ui" not in siblings(path)
        assert not any(found.split(".")[0] in ("gradio", "gradio_client") for found in imported(path))


def test_every_room_has_its_row():
    free = {"ui", "evaluation", "__main__", "__init__", "colour_statistics"}
    assert {room(path) for path in modules()} - free == set(MAY_IMPORT)


def test_importing_the_package_loads_nothing_heavy():
    code = (
        "import sys, pix2pix, pix2pix.tasks, pix2pix.config, pix2pix.recipes; "
        "print([m for m in ('torch', 'gradio', 'scipy', 'skimage') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "gradio" not in done.stdout and "skimage" not in done.stdout


def test_the_page_needs_only_the_runtime_requirements():
    """What training alone needs (requirements-train.txt) is not there on the machine that serves the page."""
    code = (
        "import sys; sys.modules.update(dict.fromkeys(('scipy', 'skimage', 'matplotlib', 'tensorboard'))); "
        "import pix2pix.__main__, pix2pix.inference, pix2pix.cards, pix2pix.ui.page"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-1500:]
