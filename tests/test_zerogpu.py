"""ZeroGPU: which calls borrow a GPU, with a package `spaces` written here that keeps what it is asked for."""

import subprocess
import sys

import numpy as np
import pytest
import studio
from huggingface_hub import ModelCard

from pix2pix import cli
from pix2pix.inference import Translator
from pix2pix.ui import zerogpu
from pix2pix.ui.drawing import encode_png
from pix2pix.ui.panels import draw, samples

weights, cat = studio.weights, studio.cat

# The documented interface: GPU(duration=number, or function of the arguments) decorates a function; all that
# goes in and comes out is pickled on the way to a process that has the GPU.
SPACES = """
import pickle

decorated, calls = [], []

def GPU(duration=60):
    def decorate(function):
        decorated.append(function.__name__)
        def call(*given, **named):
            calls.append((given[:2], duration(*given, **named)))
            given, named = pickle.loads(pickle.dumps((given, named)))
            return pickle.loads(pickle.dumps(function(*given, **named)))
        return call
    return decorate
"""


@pytest.fixture
def spaces(tmp_path, monkeypatch, weights):
    """The package, in use: models are loaded as at the app's start, on the CPU for want of a GPU."""
    (tmp_path / "packages").mkdir()
    (tmp_path / "packages" / "spaces.py").write_text(SPACES)
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    monkeypatch.delitem(sys.modules, "spaces", raising=False)
    monkeypatch.setattr(zerogpu, "_models", {})
    monkeypatch.setattr(zerogpu, "_borrowed", None)
    assert zerogpu.load("cpu")
    yield sys.modules["spaces"]
    monkeypatch.delitem(sys.modules, "spaces")


def test_translate_and_samples_borrow_a_gpu_and_live_drawing_does_not(spaces, weights, cat, tmp_path):
    assert spaces.decorated == ["work"] and set(zerogpu._models) == {"edges2cats", "facades"}
    drawing = tmp_path / "cat.png"
    cat.save(drawing)
    sent = {"task": "edges2cats", "drawing": encode_png(cat), "seed": 3, "visit": "a", "number": 1}
    assert draw.live(sent)["picture"] and not spaces.calls

    picture = draw.translate(str(drawing), "edges2cats", 3)
    theirs = Translator(weights / "edges2cats", "cpu", "fp32").translate(cat, 3)
    assert np.array_equal(np.asarray(picture), np.asarray(theirs))
    pictures, _ = samples.draw_samples("edges2cats", cat, [1, 2])
    assert len(pictures) == 2
    draw.translate(str(drawing), "facades", 3, size="full")
    assert spaces.calls == [
        (("edges2cats", "translate"), zerogpu.SECONDS),
        (("edges2cats", "sample"), zerogpu.SECONDS),
        (("facades", "translate"), zerogpu.SECONDS_OF_FULL),
    ]


def test_without_the_package_or_a_gpu_nothing_is_loaded(weights, monkeypatch):
    monkeypatch.setattr(zerogpu, "_models", {})
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert not zerogpu.load("cpu") and not zerogpu._models
    monkeypatch.undo()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert not zerogpu.load()


@pytest.mark.parametrize("options", [[], ["--zerogpu"]], ids=["cpu", "zerogpu"])
def test_a_space_asks_for_what_its_hardware_supports(options, shipped, tmp_path):
    folder = tmp_path / "space"
    assert (
        cli.main(["space", "ann/studio", "--tasks", "facades", "--out", str(folder), "--dry-run", *options])
        == 0
    )
    app = (folder / "app.py").read_text(encoding="utf-8")
    compile(app, "app.py", "exec")
    needed = (folder / "requirements.txt").read_text(encoding="utf-8").splitlines()
    head = ModelCard((folder / "README.md").read_text(encoding="utf-8")).data.to_dict()
    torch = [line for line in needed if line.startswith("torch")]
    if options:
        assert app.index("import spaces") < app.index("zerogpu.load()") < app.index("import build_demo")
        assert (
            torch == ["torch>=2.8,<2.12"] and "spaces" in needed and any("gradio" in line for line in needed)
        )
        assert head["python_version"] == "3.12.12" and head["suggested_hardware"] == "zero-a10g"
    else:
        assert "spaces" not in app.replace("Spaces", "") and len(torch) == 1 and "spaces" not in needed
        assert head["python_version"] == "3.12" and "suggested_hardware" not in head


@pytest.mark.slow
def test_the_app_of_a_zerogpu_space_can_be_imported_where_there_is_none(shipped, tmp_path):
    """As on a developer's machine: `spaces` is there, a GPU is not."""
    folder = tmp_path / "space"
    command = ["space", "ann/studio", "--tasks", "facades", "--out", str(folder), "--dry-run", "--zerogpu"]
    assert cli.main(command) == 0
    (folder / "spaces.py").write_text(SPACES)
    code = (
        "import app; from pix2pix.ui import pool, zerogpu; print(pool.translators().device, zerogpu._models)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=600
    )
    assert ran.returncode == 0, ran.stderr[-1500:]
    assert ran.stdout.split()[-2:] == ["cpu", "{}"]
