"""The studio's handlers, without a browser: what they take, what they give, and what they say to mistakes."""

import threading
import time
from collections.abc import Callable
from contextlib import contextmanager

import gradio as gr
import pytest
import torch
from PIL import Image, ImageDraw

from pix2pix.tasks import FACADE_PALETTE, TASKS
from pix2pix.ui import pool, request_queue
from pix2pix.ui.drawing import (
    MAX_CHARACTERS,
    decode_data_url,
    encode_png,
    make_value,
    prepare,
    read_seed,
    read_value,
)
from pix2pix.ui.panels import draw
from pix2pix.ui.request_queue import RequestQueue
from pix2pix.ui.thread_tuner import ThreadTuner

pytest_plugins = ["studio"]  # the fixtures: weights, cat
COLORS = dict(FACADE_PALETTE)


# --- what the canvas sends -----------------------------------------------------------------------------


def test_a_drawing_goes_to_the_canvas_and_back(cat):
    task, drawing, seed = read_value(make_value("edges2cats", cat, 7))
    assert (task, seed) == ("edges2cats", 7)
    assert drawing.tobytes() == cat.tobytes()


@pytest.mark.parametrize("value", [None, {}, {"task": "facades", "drawing": None}, "facades"])
def test_no_drawing_is_said_kindly(value):
    with pytest.raises(ValueError, match="there is no drawing yet"):
        read_value(value)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (None, "no drawing came"),
        ("https://example.com/a.png", "no drawing came"),
        ("data:image/png;base64,&&&", "damaged on its way"),
        ("data:image/png;base64,aGVsbG8=", "not a picture that can be read"),
        ("data:image/png;base64," + "A" * MAX_CHARACTERS, "too large"),
        ("data:image/svg+xml;base64,PHN2Zy8+", "not a picture that can be read"),
    ],
)
def test_damaged_drawings_get_one_line(url, reason):
    with pytest.raises(ValueError, match=reason) as error:
        decode_data_url(url)
    assert "\n" not in str(error.value)


def test_label_maps_are_snapped_and_holes_kept():
    smeared = Image.new("RGB", (64, 64), (3, 120, 250))
    snapped = prepare(TASKS["facades"], smeared)
    assert snapped.getcolors() == [(64 * 64, COLORS["window"])]
    assert prepare(TASKS["facades"], snapped) is snapped, "the canvas's own drawings are not snapped again"
    photo = Image.new("RGBA", (40, 30), (10, 20, 30, 0))
    assert prepare(TASKS["inpaint"], photo).mode == "RGBA"
    assert prepare(TASKS["edges2cats"], photo).getpixel((0, 0)) == (255, 255, 255)


def test_large_label_maps_are_shrunk_without_new_colors():
    large = Image.new("RGB", (3000, 2000), COLORS["wall"])
    ImageDraw.Draw(large).rectangle((0, 0, 1499, 1999), fill=COLORS["door"])
    small = prepare(TASKS["facades"], large)
    assert max(small.size) == 1024
    assert {color for _, color in small.getcolors()} == {COLORS["wall"], COLORS["door"]}


@pytest.mark.parametrize(
    "seed",
    ["many", -1, 1_000_000, float("nan"), float("inf"), -float("inf"), [], {}, "1e400", b"\xff", object()],
)
def test_a_wrong_seed_is_named(seed):
    with pytest.raises(ValueError, match="the seed must"):
        read_seed(seed)


# --- live pictures -------------------------------------------------------------------------------------


def ask(task: str, drawing: Image.Image, number: int = 1, **more) -> dict:
    return draw.live(
        {"visit": "v", "number": number, "task": task, "drawing": encode_png(drawing), "seed": 0, **more}
    )


@pytest.fixture
def queue(monkeypatch) -> RequestQueue:
    fresh = RequestQueue()
    monkeypatch.setattr(pool, "queue", fresh)
    return fresh


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    patience = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < patience, "waited too long"
        time.sleep(0.001)


@contextmanager
def occupied(queue):
    """Somebody else has the model for as long as this lasts."""
    there, enough = threading.Event(), threading.Event()
    someone = threading.Thread(target=queue.run, args=(lambda: there.set() or enough.wait(10),))
    someone.start()
    there.wait(10)
    yield
    enough.set()
    someone.join(10)


def test_live_pictures_are_the_translators(weights, queue, cat):
    reply = ask("edges2cats", cat, exact=True)
    picture = decode_data_url(reply["picture"])
    assert picture.tobytes() == pool.translators().get("edges2cats").translate(cat, seed=0).tobytes()
    moving = decode_data_url(ask("edges2cats", cat, 2)["picture"])
    assert moving.size == picture.size == (256, 256)
    assert ask("edges2cats", cat, 3)["picture"].startswith("data:image/jpeg")


def test_a_hint_comes_when_the_pen_is_up(weights, queue):
    wall = Image.new("RGB", (256, 256), COLORS["wall"])
    assert ask("facades", wall)["hint"] == ""
    assert "window" in ask("facades", wall, 2, settled=True)["hint"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"task": "unicorns"}, "no task is called 'unicorns'"),
        ({"task": "edges2shoes"}, "no weights for 'edges2shoes' are here; there are: edges2cats, facades"),
        ({"drawing": None}, "no drawing came"),
        ({"seed": "x"}, "the seed must be a whole number"),
        ({"number": "x"}, "request's number must be a whole number"),
    ],
)
def test_live_mistakes_are_one_line(weights, queue, cat, change, reason):
    request = {"visit": "v", "number": 1, "task": "edges2cats", "drawing": encode_png(cat), "seed": 0}
    reply = draw.live({**request, **change})
    assert reason in reply["error"] and "\n" not in reply["error"]
    assert str(weights) not in reply["error"]


def test_an_overtaken_request_is_dropped(weights, queue, cat):
    assert "picture" in ask("edges2cats", cat, 5)
    assert ask("edges2cats", cat, 4) == {"superseded": True}
    assert "picture" in ask("edges2cats", cat, 6)


def test_too_many_waiting_are_sent_away(queue):
    answers = []

    def wait(visit):
        try:
            answers.append(queue.run_live(visit, 1, False, lambda: "served"))
        except request_queue.Busy:
            answers.append("busy")

    with occupied(queue):
        crowd = [threading.Thread(target=wait, args=(str(n),)) for n in range(request_queue.MAX_WAITING + 3)]
        for one in crowd:
            one.start()
        wait_until(lambda: len(answers) >= 3)
        assert answers == ["busy"] * 3
    for one in crowd:
        one.join(10)
    assert sorted(answers) == ["busy"] * 3 + ["served"] * request_queue.MAX_WAITING


def test_requests_are_first_come_first_served(queue):
    order, crowd = [], []
    with occupied(queue):
        for number in range(8):
            crowd.append(threading.Thread(target=queue.run, args=(order.append, number)))
            crowd[-1].start()
            wait_until(lambda number=number: queue._workers[0].length >= number + 2)
    for one in crowd:
        one.join(10)
    assert order == list(range(8))


def test_who_drew_on_while_waiting_is_let_go(queue):
    found = {}

    def wait(number):
        try:
            found[number] = queue.run_live("v", number, False, lambda: "served")
        except request_queue.Superseded:
            found[number] = "stale"

    with occupied(queue):
        crowd = [threading.Thread(target=wait, args=(number,)) for number in (1, 2)]
        for one in crowd:
            one.start()
        wait_until(lambda: queue._waiting >= 2)
    for one in crowd:
        one.join(10)
    assert found == {1: "stale", 2: "served"}


@pytest.mark.parametrize(
    ("processors", "names"), [(1, {"model"}), (2, {"model", "model-helper"}), (3, {"model"})]
)
def test_one_thread_computes_for_all_and_on_two_processors_a_helper(monkeypatch, processors, names):
    """Each thread that computes would have OpenMP helpers of its own, and all would be slower."""
    monkeypatch.setattr(torch, "get_num_threads", lambda: processors)
    queue, seen = RequestQueue(), set()

    def work():
        time.sleep(0.05)
        seen.add(threading.current_thread().name.rpartition("_")[0])

    crowd = [threading.Thread(target=queue.run_live, args=(str(n), 1, True, work)) for n in range(6)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(20)
    assert seen == names


def test_what_must_be_exact_is_not_the_helpers(monkeypatch):
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    queue, name = RequestQueue(), lambda: threading.current_thread().name
    with occupied(queue):
        assert queue.run_live("a", 1, True, name).startswith("model-helper")
        exact = []
        someone = threading.Thread(target=lambda: exact.append(queue.run_live("b", 1, False, name)))
        someone.start()
    someone.join(10)
    assert not exact[0].startswith("model-helper") and not queue.run(name).startswith("model-helper")


def test_a_picture_on_the_move_gets_the_threads_that_were_quicker_lately():
    pace, taken = ThreadTuner(4), []
    seconds = {4: 0.01, 1: 0.02}
    for _ in range(40):
        number = pace.choose()
        taken.append(number)
        pace.record(number, seconds[number])
    assert taken[:2] == [4, 1] and taken[2:].count(4) > 30 and 1 in taken[2:]
    seconds[4] = 0.05  # something else wants the processors now
    taken = []
    for _ in range(40):
        number = pace.choose()
        taken.append(number)
        pace.record(number, seconds[number])
    assert taken.count(1) > 30 and taken[-5:].count(1) >= 4
    assert ThreadTuner(1).choose() == 1 and ThreadTuner(1).choices == [1]


def test_the_exact_picture_is_made_with_all_threads(weights, queue, cat, monkeypatch):
    used, pace = [], ThreadTuner(2)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    monkeypatch.setattr(torch, "set_num_threads", used.append)
    monkeypatch.setattr(pool, "thread_tuner", lambda: pace)
    ask("edges2cats", cat, exact=True)
    assert used == []
    ask("edges2cats", cat, 2)
    assert len(used) == 2 and used[-1] == 2


def test_a_failed_picture_gives_the_turn_back(weights, queue, cat):
    assert "error" in ask("edges2shoes", cat)
    assert "picture" in ask("edges2cats", cat, 2)


# --- the endpoint --------------------------------------------------------------------------------------


def test_translate_is_the_translator(weights, cat, tmp_path):
    cat.save(tmp_path / "cat.png")
    picture = draw.translate(str(tmp_path / "cat.png"), "edges2cats", 3)
    assert picture.tobytes() == pool.translators().get("edges2cats").translate(cat, seed=3).tobytes()


@pytest.mark.parametrize(
    ("name", "task", "seed", "reason"),
    [
        (None, "facades", 0, "no image was given"),
        ("notes.png", "facades", 0, "the image: not a picture"),
        ("cat.png", "nothing", 0, "no task is called"),
        ("cat.png", "facades", None, ""),
        ("cat.png", "facades", 1e9, "between 0 and 999999"),
    ],
)
def test_translate_says_what_is_wrong(weights, cat, tmp_path, name, task, seed, reason):
    cat.save(tmp_path / "cat.png")
    (tmp_path / "notes.png").write_text("<svg/>")
    path = None if name is None else str(tmp_path / name)
    if not reason:
        assert draw.translate(path, task, seed).size == (256, 256)
        return
    with pytest.raises(gr.Error) as error:
        draw.translate(path, task, seed)
    assert reason in error.value.message and str(tmp_path) not in error.value.message
