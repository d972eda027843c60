"""The package as users install it: sdist, then wheel, in a fresh environment, used from an empty folder."""

import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
import venv
from pathlib import Path

import pytest
from conftest import save_checkpoint
from test_hub import running_hub

from pix2pix.examples import example_paths

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("pix2pix", "pyproject.toml", "README.md", "LICENSE")


def requirements(file: str) -> set[str]:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith(("#", "-r"))}


def declared() -> dict[str, set[str]]:
    """Requirements in pyproject.toml, by key. Read with a pattern, since Python 3.10 has no tomllib."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = text.partition("[project]")[2].partition("[project.scripts]")[0]
    rows = re.findall(r"^(\w+) = \[(.*?)\]$", project.replace("[train]", "(train)"), re.M | re.S)
    return {name: set(re.findall(r'"([^"]+)"', listed)) for name, listed in rows}


def test_the_requirement_files_and_the_package_ask_for_the_same():
    there = declared()
    assert there["dependencies"] | there["demo"] == requirements("requirements.txt")
    assert there["train"] == requirements("requirements-train.txt")
    assert there["scorer"] == requirements("requirements-scorer.txt")
    assert there["export"] | there["datasets"] <= requirements("requirements-test.txt")
    assert there["eval"] == there["bench"] == {"pix2pix-studio(train)"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """Folder of the commands of a fresh environment in which the wheel is installed.

    The wheel is built from the sdist alone, so what that lacks is missed here. It borrows the libraries of
    this environment, but nothing of the clone.
    """
    root = tmp_path_factory.mktemp("package")
    source = root / "source"
    source.mkdir()
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, source / name)
    sdist = "import sys; from setuptools.build_meta import build_sdist; build_sdist(sys.argv[1])"
    subprocess.run([sys.executable, "-c", sdist, str(root)], cwd=source, check=True, timeout=600)
    (packed,) = root.glob("pix2pix_studio-*.tar.gz")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = ["wheel", "--no-deps", "--no-index", "--no-build-isolation", "-w", str(root), str(packed)]
    subprocess.run([*pip, *build], check=True, timeout=600)
    venv.create(root / "venv", with_pip=False, symlinks=os.name != "nt")
    commands = root / "venv" / ("Scripts" if os.name == "nt" else "bin")
    (wheel,) = root.glob("pix2pix_studio-*.whl")
    python = str(commands / "python")
    install = ["--python", python, "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([*pip, *install], check=True, timeout=600)
    ask = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    purelib = subprocess.run(ask, check=True, capture_output=True, text=True, timeout=600).stdout.strip()
    (Path(purelib) / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return commands


def clean(**environment: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIX2PIX", "PYTHON"))}
    return {**kept, "OMP_NUM_THREADS": "1", **environment}


def pix2pix(commands: Path, folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(commands / "pix2pix"), *arguments],
        cwd=folder,
        env=clean(**environment),
        capture_output=True,
        text=True,
        timeout=600,
    )


@pytest.mark.slow
def test_the_wheel_translates_with_weights_from_the_hub(installed, tmp_path):
    (tmp_path / "empty").mkdir()
    drawing, target = str(example_paths("facades")[0]), tmp_path / "out.png"
    arguments = ("translate", "--device", "cpu", drawing, str(target))
    done = pix2pix(installed, tmp_path / "empty", *arguments)
    assert done.returncode == 2 and "no weights are installed" in done.stderr, done.stderr
    with running_hub(save_checkpoint(tmp_path, "facades"), tmp_path / "cache") as (_, hub):
        settings = {name: hub[name] for name in ("HF_ENDPOINT", "HF_HOME")}
        done = pix2pix(installed, tmp_path / "empty", *arguments, PIX2PIX_HUB="ann/all", **settings)
    assert done.returncode == 0, done.stderr
    assert target.is_file()


@pytest.mark.slow
def test_the_wheel_trains_and_knows_its_place(installed, tmp_path, pairs_folder):
    tiny = ("--ngf", "4", "--ndf", "4", "--crop-size", "32", "--load-size", "36", "--device", "cpu")
    done = pix2pix(
        installed, tmp_path, "train", "--task", "boxes", "--data", str(pairs_folder), "--out", "run",
        "--steps", "5", *tiny,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "generator.safetensors").is_file()
    done = pix2pix(installed, tmp_path, "doctor", str(pairs_folder))
    assert done.returncode == 0 and "train with:" in done.stdout, done.stdout + done.stderr
    done = pix2pix(installed, tmp_path, "train", "--data", "nowhere", "--out", "other", *tiny)
    assert done.returncode == 2 and done.stderr.startswith("pix2pix train: ") and "nowhere" in done.stderr
    ask = "import pix2pix, pathlib; print(pathlib.Path(pix2pix.__file__).parent)"
    python = [str(installed / "python"), "-c", ask]
    done = subprocess.run(python, cwd=tmp_path, env=clean(), capture_output=True, text=True, timeout=600)
    package = Path(done.stdout.strip())
    assert ROOT not in package.parents
    assert (package / "py.typed").is_file() and (package / "ui" / "canvas" / "main.js").is_file()
    assert files_in(package / "examples") == files_in(ROOT / "pix2pix" / "examples")
    assert files_in(package / "ui") == files_in(ROOT / "pix2pix" / "ui")


def files_in(folder: Path) -> list[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found if "__pycache__" not in path.parts)


@pytest.mark.slow
def test_the_wheel_serves_the_page(installed, tmp_path):
    save_checkpoint(tmp_path / "checkpoints", "facades")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "log"
    with open(log, "w") as output:
        server = subprocess.Popen(
            [str(installed / "pix2pix"), "demo", "--port", str(port)],
            cwd=tmp_path,
            env=clean(PIX2PIX_CHECKPOINTS=str(tmp_path / "checkpoints"), XDG_CACHE_HOME=str(tmp_path)),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        page = wait_for_page(f"http://127.0.0.1:{port}/", server, log)
        assert "pix2pix studio" in page
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_for_page(url: str, server: subprocess.Popen, log: Path, seconds: float = 600) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"no page at {url} within {seconds:g} s:\n{log.read_text()}")
