"""Checkpoints from the Hugging Face Hub: its own client, and a server here that answers as the Hub does."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
from conftest import save_checkpoint
from PIL import Image

from pix2pix.data.columns import image_columns, unpack
from pix2pix.examples import example_paths
from pix2pix.inference import Translator

COMMIT = "a" * 40
TINY_RUN = (
    "--ngf", "4", "--ndf", "4", "--crop-size", "32", "--load-size", "36",
    "--steps", "2", "--device", "cpu", "--direction", "BtoA",
)  # fmt: skip
FIND = (
    "import sys\nfrom pix2pix.checkpoints import find\nfor name in sys.argv[1:]:\n"
    "    try:\n        print(sorted(path.name for path in find(name).iterdir()))\n"
    "    except ValueError as error:\n        print(error)"
)


class Hub(BaseHTTPRequestHandler):
    """ann/mine is the folder `checkpoint` and a pickle, ann/all has it as facades/, ann/notes a README."""

    checkpoint: Path

    def files(self) -> dict[str, bytes]:
        if "ann/mine" in self.path:
            here = {path.name: path.read_bytes() for path in self.checkpoint.iterdir()}
            return here | {"model.bin": b"a pickle, to be left where it is"}
        if "ann/all" in self.path:
            here = {f"facades/{path.name}": path.read_bytes() for path in self.checkpoint.iterdir()}
            return here | {"README.md": b"# all of them"}
        if "ann/pairs" in self.path:
            folder = self.checkpoint.parent / "pairs"
            return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.png")}
        if "ann/tables" in self.path:
            folder = self.checkpoint.parent / "tables"
            return {
                path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.parquet")
            }
        if "ann/broken" in self.path:
            return {"train.parquet": b"PAR1"}
        return {"README.md": b"# notes"} if "ann/notes" in self.path else {}

    def do_HEAD(self) -> None:
        self.do_GET(with_body=False)

    def do_GET(self, with_body: bool = True) -> None:
        files, headers = self.files(), {"X-Repo-Commit": COMMIT}
        name = unquote(self.path.partition("/resolve/")[2].partition("/")[2])
        if "/resolve/" in self.path and name in files:
            body = files[name]
            headers["ETag"] = f'"{hashlib.sha1(body).hexdigest()}"'
        elif files and self.path.endswith(("/revision/main", f"/revision/{COMMIT}")):
            siblings = [{"rfilename": name} for name in files]
            body = json.dumps({"id": "ann/mine", "sha": COMMIT, "siblings": siblings}).encode()
        elif files and "/tree/" in self.path:
            entries = [
                {"type": "file", "path": name, "size": len(body), "oid": hashlib.sha1(body).hexdigest()}
                for name, body in files.items()
            ]
            body = json.dumps(entries).encode()
        else:
            body, headers["X-Error-Code"] = b"", "RevisionNotFound" if files else "RepoNotFound"
        self.send_response(404 if "X-Error-Code" in headers else 200)
        for key, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(key, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def running_hub(
    checkpoint: Path, cache: Path, kind: type[Hub] = Hub
) -> Iterator[tuple[ThreadingHTTPServer, dict[str, str]]]:
    """The server, and the environment in which the client asks it."""
    handler = type("Here", (kind,), {})
    handler.checkpoint = checkpoint
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    yield server, {**os.environ, "HF_ENDPOINT": address, "HF_HOME": str(cache)}
    server.shutdown()
    server.server_close()


@pytest.fixture
def hub(tmp_path) -> Iterator[tuple[ThreadingHTTPServer, dict[str, str]]]:
    """The server, and the environment in which the client asks it. Its one checkpoint is tmp_path/facades."""
    with running_hub(save_checkpoint(tmp_path, "facades"), tmp_path / "cache") as running:
        yield running


def python(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=600
    )


@pytest.mark.slow
def test_a_checkpoint_is_fetched_once_and_found_again_without_a_network(hub, tmp_path):
    server, environment = hub
    drawing, target = example_paths("facades")[0], tmp_path / "out.png"
    translate = ("-m", "pix2pix", "translate", "--device", "cpu", "--checkpoint", "hf://ann/mine")
    ran = python(environment, *translate, str(drawing), str(target))
    assert ran.returncode == 0, ran.stderr
    theirs = Translator(tmp_path / "facades", "cpu").translate(Image.open(drawing))
    apart = np.abs(np.asarray(Image.open(target), float) - np.asarray(theirs, float))
    assert apart.mean() < 0.5  # another number of threads: other last digits

    server.shutdown()
    server.server_close()
    again = python(environment, "-c", FIND, "hf://ann/mine", "hf://ann/other")
    found, missing = again.stdout.strip().splitlines()
    assert "generator.safetensors" in found and "config.json" in found and "model.bin" not in found
    assert missing == "no checkpoint 'hf://ann/other': not in the local cache, and the Hub cannot be reached"


@pytest.mark.slow
def test_what_is_no_checkpoint_is_told_in_one_line(hub):
    _, environment = hub
    names = ("hf://ann/other", "hf://ann/notes", "hf://ann", "hf://ann/mine@v9", f"hf://ann/mine@{COMMIT}")
    told = python(environment, "-c", FIND, *names).stdout.strip().splitlines()
    assert len(told) == len(names)
    assert told[0] == "no checkpoint 'hf://ann/other': the Hub has none, or it is private"
    assert told[1].endswith("is no checkpoint; expected config.json and generator.safetensors in it")
    assert "expected hf://owner/name" in told[2]
    assert "hf://ann/mine@v9" in told[3] and "404" in told[3]
    assert "generator.safetensors" in told[4]


@pytest.mark.slow
def test_weights_that_are_not_installed_come_from_the_repository_that_a_setting_names(hub, tmp_path):
    server, environment = hub
    (tmp_path / "none").mkdir()
    environment |= {"PIX2PIX_CHECKPOINTS": str(tmp_path / "none"), "PIX2PIX_HUB": "ann/all"}
    code = f"from pix2pix.checkpoints import available\nprint(available())\n{FIND}"
    listed, found, missing = python(environment, "-c", code, "facades", "edges2cats").stdout.splitlines()
    assert listed == "['facades']"
    assert "generator.safetensors" in found
    assert missing.startswith("no checkpoint 'edges2cats'; there are: facades")

    server.shutdown()
    server.server_close()
    listed, found, _ = python(environment, "-c", code, "facades", "edges2cats").stdout.splitlines()
    assert listed == "['facades']" and "generator.safetensors" in found

    del environment["PIX2PIX_HUB"]
    environment["PIX2PIX_CHECKPOINTS"] = str(tmp_path / "nowhere")
    told = python(environment, "-c", FIND, "facades").stdout
    assert told.startswith("no checkpoint 'facades': no weights are installed; set PIX2PIX_CHECKPOINTS to")
    assert "PIX2PIX_HUB" in told and told.count("\n") == 1


@pytest.mark.slow
def test_a_run_reads_a_data_set_from_the_hub(hub, tmp_path, pairs_folder):
    _, environment = hub
    shutil.copytree(pairs_folder, tmp_path / "pairs")
    run = ("-m", "pix2pix", "train", "--task", "boxes", "--out", str(tmp_path / "run"), *TINY_RUN)
    ran = python(environment, *run, "--data", "hf://datasets/ann/pairs")
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "run" / "generator.safetensors").is_file()
    refused = {
        "ann/notes": "has no image files",
        "ann/nothing": "the Hub has none",
        "ann": "expected hf://datasets/owner/name",
    }
    code = "import sys; from pix2pix.cli import main\n" + "\n".join(
        f"assert main({[*run[2:], '--data', f'hf://datasets/{name}']!r}) == 2; print('|', file=sys.stderr)"
        for name in refused
    )
    ran = python(environment, "-c", code)
    assert ran.returncode == 0 and "Traceback" not in ran.stderr, ran.stderr
    for told, says in zip(ran.stderr.split("|\n"), refused.values(), strict=False):
        assert says in told.splitlines()[-1], told


def write_table(path: Path, columns: dict[str, list[Image.Image]]) -> None:
    """A Parquet file as the Hub keeps data sets: a number, and columns of PNGs."""
    datasets = pytest.importorskip("datasets")
    rows = {"number": list(range(len(next(iter(columns.values()))))), **columns}
    kinds = {"number": datasets.Value("int64"), **{name: datasets.Image() for name in columns}}
    path.parent.mkdir(parents=True, exist_ok=True)
    datasets.Dataset.from_dict(rows, features=datasets.Features(kinds)).to_parquet(str(path))


def colored(*levels: int) -> list[Image.Image]:
    return [Image.new("RGB", (32, 32), (level, 2 * level, 40)) for level in levels]


@pytest.mark.slow
def test_a_run_reads_image_columns_from_the_hub(hub, tmp_path):
    """Two columns by their names, not their order; splits by the files' names; fetched and unpacked once."""
    server, environment = hub
    data = tmp_path / "tables" / "data"
    write_table(
        data / "train-00000-of-00001.parquet",
        {"target": colored(10, 20, 30, 40, 50), "input": colored(1, 2, 3, 4, 5)},
    )
    write_table(data / "test-00000-of-00001.parquet", {"target": colored(60), "input": colored(6)})
    run = ("-m", "pix2pix", "train", "--task", "boxes", *TINY_RUN, "--data", "hf://datasets/ann/tables")
    ran = python(environment, *run, "--out", str(tmp_path / "run"))
    assert ran.returncode == 0, ran.stderr
    assert "column input is taken as the first picture (A), target as the second (B)" in ran.stderr
    (folder,) = (tmp_path / "cache").rglob("pictures")
    for split, name, level in (("train/A", 2, 3), ("train/B", 2, 30), ("val/A", 0, 6), ("val/B", 0, 60)):
        with Image.open(folder / split / f"{name:08d}.png") as picture:
            assert picture.getpixel((5, 5)) == (level, 2 * level, 40)
    assert [len(list((folder / split).iterdir())) for split in ("train/A", "train/B", "val/A")] == [5, 5, 1]

    server.shutdown()
    server.server_close()
    again = python(environment, *run, "--out", str(tmp_path / "again"))
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "again" / "generator.safetensors").is_file()


@pytest.mark.slow
def test_tables_without_pictures_are_one_line(hub, tmp_path):
    _, environment = hub
    datasets = pytest.importorskip("datasets")
    (tmp_path / "tables").mkdir()
    datasets.Dataset.from_dict({"number": [1]}).to_parquet(str(tmp_path / "tables" / "train.parquet"))
    run = ("-m", "pix2pix", "train", "--task", "boxes", "--out", str(tmp_path / "run"), *TINY_RUN)
    for name, says in (
        ("tables", "has the columns number; expected one of images"),
        ("broken", "cannot be read"),
    ):
        ran = python(environment, *run, "--data", f"hf://datasets/ann/{name}")
        assert ran.returncode == 2 and says in ran.stderr, ran.stderr
        assert "Traceback" not in ran.stderr and not list((tmp_path / "cache").rglob("pictures"))


def test_image_columns_need_a_package_that_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(ValueError, match="needs datasets: pip install datasets"):
        unpack(tmp_path, tmp_path / "pictures")


def test_columns_are_a_pair_by_name_or_by_order():
    assert image_columns(["Photo", "mask", "sketch"]) == ["sketch", "Photo"]
    assert image_columns(["left", "middle", "right"]) == ["left", "middle"]
    assert image_columns(["image"]) == ["image"]


@pytest.mark.slow
def test_a_repository_named_as_an_extra_is_a_checkpoint_and_a_tile(hub, tmp_path):
    _, environment = hub
    (tmp_path / "none").mkdir()
    environment |= {
        "PIX2PIX_CHECKPOINTS": str(tmp_path / "none"),
        "PIX2PIX_EXTRA": "hf://ann/mine, ann/nothing",
    }
    code = (
        "from pix2pix.checkpoints import available, find\n"
        "from pix2pix.ui.own_tasks import register_own_tasks\n"
        "print(available())\nprint((find('mine') / 'config.json').is_file())\nprint(register_own_tasks())"
    )
    told = python(environment, "-c", code)
    assert told.stdout.splitlines() == ["['mine', 'nothing']", "True", "['mine']"], told.stderr
