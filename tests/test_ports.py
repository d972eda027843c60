"""The port to serve on: named by PORT or GRADIO_SERVER_PORT, and one line where it cannot be had."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import gradio as gr
import pytest

from pix2pix.ui.page import launch
from pix2pix.ui.port import read_port

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("wrong", ["abc", "99999", "0", "-1", "80.5", "1e3", "٣٤²"])
@pytest.mark.parametrize("name", ["PORT", "GRADIO_SERVER_PORT"])
def test_a_wrong_port_is_named(monkeypatch, name, wrong):
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.delenv("GRADIO_SERVER_PORT", raising=False)
    monkeypatch.setenv(name, wrong)
    with pytest.raises(ValueError, match=f"{name} is .*; expected 1 to 65535"):
        read_port()


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_of_the_command_line_is_checked_too(port):
    with gr.Blocks(analytics_enabled=False) as demo:
        pass
    with pytest.raises(ValueError, match=f"the port is '{port}'; expected 1 to 65535"):
        launch(demo, server_port=port)


@pytest.mark.slow
def test_a_wrong_port_is_one_line_although_gradio_reads_it_too():
    environment = {**os.environ, "PORT": "8000", "GRADIO_SERVER_PORT": "x1"}
    for command, by in ((["app.py"], "app.py"), (["-m", "pix2pix", "demo"], "pix2pix demo")):
        run = [sys.executable, *command]
        done = subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600)
        assert (done.returncode, done.stderr) == (
            2,
            f"{by}: GRADIO_SERVER_PORT is 'x1'; expected 1 to 65535, such as 7860\n",
        )


def test_port_comes_before_gradios_own_and_7860_last(monkeypatch):
    monkeypatch.setenv("GRADIO_SERVER_PORT", "8001")
    monkeypatch.setenv("PORT", "8000")
    assert read_port() == 8000
    monkeypatch.delenv("PORT")
    assert read_port() == 8001
    monkeypatch.delenv("GRADIO_SERVER_PORT")
    assert read_port() == 7860


def test_a_port_that_is_taken_is_one_line(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with gr.Blocks(analytics_enabled=False) as demo:
            pass
        with pytest.raises(ValueError, match=f"port {port} is taken by another program"):
            launch(demo, server_name="127.0.0.1", prevent_thread_lock=True, quiet=True)


def test_make_demo_passes_both_names_on(tmp_path):
    """The recipe runs a Python that only prints what it was given."""
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text(
        f"#!{sys.executable}\nimport os\nprint([os.environ.get(n) for n in ('PORT', 'GRADIO_SERVER_PORT')])\n"
    )
    python.chmod(0o755)
    clean = {k: v for k, v in os.environ.items() if k not in ("PORT", "GRADIO_SERVER_PORT", "MAKEFLAGS")}
    told = []
    both = {"PORT": "8000"}, {"GRADIO_SERVER_PORT": "8001"}
    for arguments, given in ((["PORT=8000"], {}), ([], both[0]), ([], both[1]), ([], {})):
        command = ["make", "-s", "-o", ".venv/installed", "demo", f"BIN={python.parent}", *arguments]
        done = subprocess.run(command, cwd=ROOT, env={**clean, **given}, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        told.append(done.stdout.strip())
    assert told == ["['8000', None]", "['8000', None]", "[None, '8001']", "[None, None]"]
