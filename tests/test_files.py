"""Files are whole or not there, whoever else writes, whatever is full, whenever the process is killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PIL import Image

from pix2pix.evaluation.real_or_fake import Votes
from pix2pix.files import FRESH, only_here, remove_left_behind, replacing, write_text
from pix2pix.inference.batch import write
from pix2pix.training.loop import stop_on_signal
from pix2pix.ui.panels import real_or_fake

ROOT = Path(__file__).resolve().parent.parent


def test_two_writers_of_one_file_do_not_meet(tmp_path):
    """Each has a new file of its own; the last one to end wins, whole."""
    path = tmp_path / "a.txt"
    with replacing(path) as one, replacing(path) as two:
        assert one != two
        one.write_text("one" * 1000)
        two.write_text("two" * 1000)
    assert path.read_text() == "one" * 1000
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    threads = [threading.Thread(target=write_text, args=(str(n) * 5000, path)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(path.read_text()) == 5000 and len(set(path.read_text())) == 1


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), KeyboardInterrupt, ValueError("x")]
)
def test_nothing_is_left_behind_after_an_error(tmp_path, error):
    write_text("before", tmp_path / "a.txt")
    with (
        pytest.raises(type(error) if isinstance(error, Exception) else error),
        replacing(tmp_path / "a.txt") as f,
    ):
        f.write_text("half")
        raise error
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a.txt", "before")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's full device")
def test_a_full_disk_leaves_no_picture(tmp_path, monkeypatch):
    def full(self, path, **options):
        Path(path).write_bytes(b"half")
        with open("/dev/full", "wb") as file:
            file.write(bytes(100_000))

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(OSError, match="No space left"):
        write(Image.new("RGB", (4, 4)), tmp_path / "a.png", "label", "fp32")
    assert list(tmp_path.iterdir()) == []


def test_a_name_as_long_as_can_be(tmp_path):
    name = "n" * 248 + ".png"
    write(Image.new("RGB", (4, 4)), tmp_path / name, "label", "fp32")
    assert Image.open(tmp_path / name).size == (4, 4)


def test_what_a_killed_process_left_is_removed_after_a_while(tmp_path):
    for name, age in (("old", 7200), ("new", 10)):
        path = tmp_path / f"{FRESH}{name}"
        path.touch()
        os.utime(path, (time.time() - age,) * 2)
    (tmp_path / "mine").touch()
    remove_left_behind(tmp_path)
    remove_left_behind(tmp_path / "nowhere")
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"{FRESH}new", "mine"]


HOLD = """
import sys, time
from pathlib import Path
from pix2pix.files import only_here
with only_here(Path(sys.argv[1])):
    print("in", flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such locks")
def test_one_process_at_a_time(tmp_path):
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout.readline() == "in\n"
    with pytest.raises(ValueError, match="another process is writing there"), only_here(tmp_path):
        pass
    other.kill()  # -9: nothing is tidied up
    other.wait()
    other.stdout.close()
    with only_here(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
def test_a_second_signal_at_once_does_not_interrupt_the_save(monkeypatch):
    with stop_on_signal() as stop:
        for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
            os.kill(os.getpid(), number)
        assert stop.is_set()
        monkeypatch.setattr("pix2pix.training.loop.IMPATIENT", -1.0)
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(1)


def test_two_visitors_with_one_seed_have_a_file_each(tmp_path, monkeypatch):
    monkeypatch.setenv("PIX2PIX_VOTES", str(tmp_path / "votes"))
    for _ in range(2):
        real_or_fake.keep_votes("gray2color", 7, Votes((True,), (False,)))
    assert len(list((tmp_path / "votes").iterdir())) == 2


def test_votes_that_cannot_be_kept_do_not_cost_the_visitor_the_result(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setenv("PIX2PIX_VOTES", str(tmp_path / "file"))
    real_or_fake.keep_votes("gray2color", 7, Votes((True,), (False,)))
    said = capsys.readouterr().err
    assert "a session was not kept" in said and str(tmp_path) not in said
