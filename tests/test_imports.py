"""The import table, and that the command line and the page work with requirements.txt alone."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "pix2pix"

# Rooms of the package from the ground up: a room imports from those above it in this list, never from below.
GROUND = {"decoding", "tasks", "images", "config", "color_wish", "devices", "files", "hub", "examples"}
MODELS = GROUND | {"models"}
CHECKPOINTS = MODELS | {"checkpoint_schema", "checkpoints"}
MAY_IMPORT: dict[str, set[str]] = {
    **{name: set() for name in GROUND},
    "images": {"decoding"},
    "models": GROUND,
    "checkpoint_schema": GROUND,
    "checkpoints": MODELS | {"checkpoint_schema"},
    "data": CHECKPOINTS,
    "training": CHECKPOINTS | {"data"},
    "inference": CHECKPOINTS,
    "publishing": CHECKPOINTS | {"data"},
    "space": CHECKPOINTS,
    "formats": CHECKPOINTS | {"cards", "inference"},
    "cards": CHECKPOINTS | {"data", "inference"},
    "evaluation": CHECKPOINTS | {"data", "training", "inference", "cards"},
    "export": CHECKPOINTS | {"inference", "cards", "evaluation"},
    "ui": CHECKPOINTS | {"data", "training", "inference", "cards", "evaluation"},
    "static_page": CHECKPOINTS | {"formats", "ui"},
    "train_command": GROUND | {"data", "training"},
    "cli": CHECKPOINTS
    | {"data", "inference", "cards", "evaluation", "export", "ui", "train_command", "formats", "publishing"}
    | {"space", "static_page"},
    "__main__": {"cli"},
    "__init__": set(),
}
# Rooms that run where only requirements.txt is installed, whatever of them is used.
RUNTIME_ONLY = (
    *GROUND,
    "models",
    "checkpoints",
    "inference",
    "formats",
    "publishing",
    "space",
    "cards",
    "ui",
    "static_page",
    "cli",
)

COMMANDS = [
    "translate",
    "train",
    "demo",
    "import",
    "export",
    "export-web",
    "publish",
    "space",
    "cards",
    "evaluate",
    "bench",
]  # of `pix2pix`

# Distributions whose modules have another name.
MODULE_OF = {
    **{"scikit-image": "skimage", "pillow": "PIL", "pytest-rerunfailures": "pytest_rerunfailures"},
    "ai-edge-litert": "ai_edge_litert",
}


def required(file: str) -> set[str]:
    """Names of the modules that a requirements file asks for itself."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    found = {match[0] for line in lines if (match := re.match(r"[A-Za-z][\w-]*", line))}
    return {MODULE_OF.get(name, name) for name in found}


TRAINING_ONLY = required("requirements-train.txt") - required("requirements.txt")
# Not to be relied on by anything but training and tests.
BLOCKED = (TRAINING_ONLY | required("requirements-test.txt")) - required("requirements.txt")

# Blocks the modules as if they were not installed: an import raises what a missing module raises.
BLOCK = f"""
import sys

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {sorted(BLOCKED)!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, NotInstalled())
"""


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


def rooms_imported(path: Path) -> set[str]:
    rooms = {room(p) for p in modules()}
    found = {name.split(".")[1] for name in imported(path) if name.startswith("pix2pix.")}
    return (found & rooms) - {room(path)}


def libraries(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


def test_every_room_has_its_row():
    assert {room(path) for path in modules()} == set(MAY_IMPORT)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_one_way(path):
    name = room(path)
    assert rooms_imported(path) <= MAY_IMPORT[name]
    if name != "ui":
        assert not libraries(path) & {"gradio", "gradio_client"}
    if name in RUNTIME_ONLY and path.name != "features.py":  # the feature network, which only training uses
        assert not libraries(path) & TRAINING_ONLY
    assert not libraries(path) & {"tools", "benchmarks", "tests"}


def run(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
    )


@pytest.mark.slow
def test_the_light_modules_load_nothing_heavy():
    code = "import sys, pix2pix.tasks, pix2pix.config, pix2pix.data.recipes, pix2pix.cli; print(*sys.modules)"
    done = run(f"{code}; pix2pix.cli.build_parser()")
    assert done.returncode == 0, done.stderr[-1500:]
    loaded = set(done.stdout.split())
    assert "pix2pix.cli" in loaded
    assert not loaded & {"torch", "gradio", "numpy", *BLOCKED}


# --- With requirements.txt alone ------------------------------------------------------------------------


@pytest.mark.slow
def test_the_block_works():
    assert {"scipy", "skimage", "matplotlib", "tensorboard", "torchvision"} <= BLOCKED
    for module in ("scipy.ndimage", "skimage", "matplotlib", "torchvision"):
        done = run(f"{BLOCK}\nimport {module}")
        assert done.returncode == 1 and f"ModuleNotFoundError: No module named '{module.split('.')[0]}" in (
            done.stderr
        )


@pytest.mark.slow
def test_the_command_line_needs_only_the_runtime_requirements(tmp_path, shipped):
    """Every command is listed with its options, and `translate` writes a picture."""
    main = f"{BLOCK}\nfrom pix2pix.cli import main; sys.exit(main(sys.argv[1:]))"
    listed = run(f"{BLOCK}\nfrom pix2pix.cli import build_parser; build_parser().print_help()")
    assert listed.returncode == 0, listed.stderr[-1500:]
    for command in COMMANDS:
        assert command in listed.stdout
    ask = "import contextlib\nfor name in sys.argv[1:]:"
    ask += "\n    with contextlib.suppress(SystemExit): main([name, '-h'])"
    options = run(f"{BLOCK}\nfrom pix2pix.cli import main\n{ask}", *COMMANDS)
    assert options.returncode == 0, options.stderr[-1500:]
    assert options.stdout.count("usage: ") == len(COMMANDS)
    source = sorted((PACKAGE / "examples" / "facades").glob("*.png"))[0]
    done = run(main, "translate", "--device", "cpu", str(source), str(tmp_path / "out.png"))
    assert done.returncode == 0, done.stderr[-1500:]
    assert (tmp_path / "out.png").is_file()


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [("train", "--data", ".", "--out", "nowhere"), ("evaluate", "--checkpoint", "facades", "--data", ".")],
)
def test_a_command_that_needs_more_says_what_in_one_line(command, shipped):
    done = run(f"{BLOCK}\nfrom pix2pix.cli import main; sys.exit(main(sys.argv[1:]))", *command)
    assert done.returncode == 2
    assert re.fullmatch(
        rf"pix2pix {command[0]}: needs \w+, which is not installed; pip install .*requirements-train.txt\n",
        done.stderr,
    )


@pytest.mark.slow
def test_a_step_of_the_game_needs_only_the_runtime_requirements(shipped):
    code = (
        # torch's compiler asks which libraries are there, and a hook that raises is no answer to that.
        f"import torch, torch._dynamo\n{BLOCK}\n"
        "from pix2pix import checkpoints; from pix2pix.training.game import Game; "
        "game = Game(checkpoints.find('facades'), *torch.zeros(2, 1, 3, 256, 256)); game.steps(1); "
        "print(game.position().losses['D'] > 0)"
    )
    done = run(code)
    assert done.returncode == 0, done.stderr[-1500:]
    assert done.stdout.strip() == "True"


@pytest.mark.slow
def test_the_page_needs_only_the_runtime_requirements(shipped):
    done = run(f"{BLOCK}\nimport app; print(type(app.demo).__name__)")
    assert done.returncode == 0, done.stderr[-1500:]
    assert done.stdout.strip().endswith("Blocks")


@pytest.mark.parametrize("folder", ["pix2pix", "benchmarks", "tools", "docs"])
def test_no_file_is_over_350_lines(folder):
    suffixes = {".py", ".js", ".css", ".html"}
    for path in (ROOT / folder).rglob("*"):
        if path.suffix in suffixes and not path.name.endswith("segmenter.py"):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            assert lines <= 350, f"{path.relative_to(ROOT)} has {lines} lines"
