"""Checkpoints and Spaces on their way to the Hub, whose client talks to a server here."""

import base64
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from browser import DESKTOP, running_studio
from conftest import save_checkpoint
from gradio_client import Client, handle_file
from huggingface_hub import ModelCard
from PIL import Image
from test_hub import Hub, python, running_hub
from test_package import clean, wait_for_page

from pix2pix import checkpoints, cli
from pix2pix.examples import example_paths
from pix2pix.inference import Translator
from pix2pix.publishing import licence_id, prepare

pytest_plugins = ["browser"]

ROOT = Path(__file__).resolve().parent.parent


class Uploads(Hub):
    """A Hub that also takes repositories and commits, and keeps what it was sent."""

    repositories: list[dict]
    files_sent: dict[str, bytes]

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/api/repos/create":
            self.repositories.append(json.loads(sent))
            self.reply({"url": f"http://{self.headers['Host']}/ann/new"})
        elif self.path == "/api/validate-yaml":
            self.reply({"warnings": [], "errors": []})
        elif "/preupload/" in self.path:
            paths = [file["path"] for file in json.loads(sent)["files"]]
            modes = [{"path": path, "uploadMode": "regular", "shouldIgnore": False} for path in paths]
            self.reply({"files": modes})
        elif "/commit/" in self.path:
            for line in map(json.loads, sent.splitlines()):
                if line["key"] == "file":
                    content = base64.b64decode(line["value"]["content"])
                    self.files_sent[line["value"]["path"]] = content
            url = f"http://{self.headers['Host']}/ann/new/commit/{'b' * 40}"
            self.reply({"commitUrl": url, "commitOid": "b" * 40, "success": True})
        else:
            self.send_error(404)

    def reply(self, content: dict) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def uploads(tmp_path):
    """(handler, environment, folder of the checkpoints) of a running stand-in."""
    handler = type("Here", (Uploads,), {"repositories": [], "files_sent": {}})
    folder = save_checkpoint(tmp_path / "checkpoints", "facades")
    (folder / "state.safetensors").write_bytes(b"of the run, not of the checkpoint")
    with running_hub(folder, tmp_path / "cache", handler) as (_, environment):
        environment |= {"HF_TOKEN": "hf_made_up", "PIX2PIX_CHECKPOINTS": str(folder.parent)}
        yield handler, environment, folder


@pytest.mark.slow
def test_publish_uploads_a_checkpoint_that_others_can_load(uploads, tmp_path):
    handler, environment, folder = uploads
    ran = python(environment, "-m", "pix2pix", "publish", "facades", "ann/new")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("uploaded http://")
    assert handler.repositories[0]["name"] == "new" and handler.repositories[0]["organization"] == "ann"
    sent = handler.files_sent
    assert {"config.json", "generator.safetensors", "discriminator.safetensors", "README.md"} <= set(sent)
    assert "state.safetensors" not in sent
    card = ModelCard(sent["README.md"].decode())
    assert card.data.pipeline_tag == "image-to-image" and "pix2pix" in card.data.tags
    for shown in card.data.widget:
        assert shown["src"] in sent

    fetched = tmp_path / "fetched"
    for name, content in sent.items():
        (fetched / name).parent.mkdir(parents=True, exist_ok=True)
        (fetched / name).write_bytes(content)
    drawing = Image.open(example_paths("facades")[0])
    ours, theirs = (Translator(f, "cpu", "fp32").translate(drawing) for f in (folder, fetched))
    assert np.array_equal(np.asarray(ours), np.asarray(theirs))


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("publish", "facades", "new"), "expected owner/name"),
        (("publish", "nothing", "ann/new"), "no checkpoint 'nothing'"),
        (("space", "ann/new", "--dry-run"), "name it with --out"),
        (("space", "ann/new", "--tasks", "nothing"), "no checkpoint 'nothing'"),
    ],
)
def test_publish_says_in_one_line_what_is_wrong(shipped, capsys, command, says):
    assert cli.main(list(command)) == 2
    told = capsys.readouterr().err
    assert says in told and told.count("\n") == 1, told


@pytest.mark.slow
def test_a_hub_that_does_not_answer_is_told_in_one_line(uploads):
    _, environment, _ = uploads
    environment |= {"HF_ENDPOINT": "http://127.0.0.1:9"}
    ran = python(environment, "-m", "pix2pix", "publish", "facades", "ann/new")
    assert ran.returncode == 2 and "not uploaded" in ran.stderr and ran.stderr.count("\n") == 1, ran.stderr


def test_pretrained_models_come_by_name_folder_or_hub_and_are_saved_whole(shipped, tmp_path):
    translator = Translator.from_pretrained("facades", device="cpu", precision="fp32")
    translator.save_pretrained(tmp_path / "saved")
    again = Translator.from_pretrained(tmp_path / "saved", device="cpu", precision="fp32")
    drawing = Image.open(example_paths("facades")[0])
    assert np.array_equal(*(np.asarray(t.translate(drawing, seed=4)) for t in (translator, again)))
    again.save_pretrained(tmp_path / "saved")  # onto itself
    assert checkpoints.is_checkpoint(tmp_path / "saved")
    with pytest.raises(ValueError, match="no checkpoint"):
        Translator.from_pretrained("nothing", device="cpu")


@pytest.mark.slow
def test_pretrained_models_are_fetched_from_and_pushed_to_the_hub(uploads):
    handler, environment, _ = uploads
    code = (
        "from pix2pix.inference import Translator\n"
        "t = Translator.from_pretrained('ann/mine', device='cpu')\n"
        "print(t.side, t.push_to_hub('ann/new', private=True))"
    )
    ran = python(environment, "-c", code)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert ran.stdout.startswith("256 http://")
    assert "generator.safetensors" in handler.files_sent
    assert "private" in json.dumps(handler.repositories[-1])


def test_licences_get_the_hubs_names():
    assert licence_id("Oxford-IIIT Pet: CC BY-SA 4.0") == "cc-by-sa-4.0"
    assert licence_id("photos AFHQ (CC BY-NC 4.0, © NAVER)") == "cc-by-nc-4.0"
    assert licence_id("food CC BY/CC BY-SA/public domain; flowers CC BY") == "other"
    assert licence_id("CamVid: research") == licence_id("") == "other"


def test_a_card_that_has_a_head_keeps_one(shipped, tmp_path):
    folder = tmp_path / "theirs"
    shutil.copytree(shipped / "facades", folder)
    (folder / "README.md").write_text("---\nlicense: other\n---\n# facades\n\nA card.\n", encoding="utf-8")
    prepare(folder, tmp_path / "out", "ann/new")
    text = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert text.count("\n---\n") == 1 and "A card." in text and "ann/new" in text


@pytest.mark.slow
def test_a_space_starts_from_its_folder(shipped, tmp_path):
    folder = tmp_path / "space"
    command = ["space", "ann/studio", "--tasks", "facades,cutout", "--out", str(folder), "--dry-run"]
    assert cli.main(command) == 0
    assert sorted(path.name for path in (folder / "checkpoints").iterdir()) == ["cutout", "facades"]
    assert "gradio" in (folder / "requirements.txt").read_text()
    assert (
        ModelCard((folder / "README.md").read_text(encoding="utf-8")).data.to_dict()["app_file"] == "app.py"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log, url = tmp_path / "log", f"http://127.0.0.1:{port}/"
    with open(log, "w") as output:
        server = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=folder,
            env=clean(PORT=str(port), XDG_CACHE_HOME=str(tmp_path)),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for_page(url, server, log)
        client = Client(url, verbose=False, download_files=str(tmp_path))
        drawing = handle_file(str(example_paths("facades")[0]))
        image = Image.open(client.predict(drawing, "facades", 3, api_name="/translate"))
        wanted = Translator(folder / "checkpoints" / "facades", "cpu")
        theirs = wanted.translate(Image.open(example_paths("facades")[0]), seed=3)
        assert np.abs(np.asarray(image, float) - np.asarray(theirs, float)).mean() < 1
    finally:
        server.terminate()
        server.wait(timeout=30)
    again = cli.main(command)
    assert again == 2, "a folder that is there is left alone"
    assert os.listdir(folder / "checkpoints")


@pytest.mark.slow
@pytest.mark.browser
def test_a_visitor_draws_on_a_space(shipped, tmp_path, visit, monkeypatch):
    """The Space's folder alone, without this checkout: one task's tile, a stroke, another picture."""
    folder = tmp_path / "space"
    assert cli.main(["space", "ann/studio", "--tasks", "facades", "--out", str(folder), "--dry-run"]) == 0
    for name in [name for name in os.environ if name.startswith(("PIX2PIX_", "PYTHONPATH"))]:
        monkeypatch.delenv(name)
    with running_studio(tmp_path, None, root=folder) as url:
        someone = visit(DESKTOP, url)
        someone.open()
        assert someone.page.locator(".studio").get_attribute("data-task") == "facades", "the only task"
        with someone.new_picture():
            someone.press("clear")
        before = someone.picture()
        with someone.new_picture():
            someone.drag((0.2, 0.2), (0.7, 0.7))
        assert not np.array_equal(someone.picture(), before)
