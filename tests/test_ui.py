"""The studio's handlers, without a browser: what they take, what they give, and what they say to mistakes."""

import re
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
import torch
from browser import save_tiny_checkpoint
from PIL import Image, ImageDraw
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pix2pix.cards import write_card_data
from pix2pix.data.recipes import Recipe
from pix2pix.images import load_image, snap_to_palette
from pix2pix.inference import TranslatorPool
from pix2pix.tasks import FACADE_PALETTE, TASKS
from pix2pix.ui import canvas, model_cards, pool, request_queue, tiles, web
from pix2pix.ui.drawing import (
    MAX_CHARACTERS,
    decode_data_url,
    encode_jpeg,
    encode_png,
    make_value,
    prepare,
    read_seed,
    read_value,
)
from pix2pix.ui.edges import trace_edges
from pix2pix.ui.hints import hint_for
from pix2pix.ui.panels import draw
from pix2pix.ui.request_queue import RequestQueue
from pix2pix.ui.theme import CSS
from pix2pix.ui.thread_tuner import ThreadTuner

COLOURS = dict(FACADE_PALETTE)


@pytest.fixture
def weights(tmp_path, monkeypatch) -> Path:
    """A folder with untrained cats and façades, and a pool that looks there."""
    folder = tmp_path / "checkpoints"
    for task in ("edges2cats", "facades"):
        save_tiny_checkpoint(folder, task)
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    loaded = TranslatorPool("cpu", limit=2)
    monkeypatch.setattr(pool, "translators", lambda: loaded)
    return folder


@pytest.fixture
def cat() -> Image.Image:
    image = Image.new("RGB", (256, 256), "white")
    pen = ImageDraw.Draw(image)
    pen.ellipse((50, 60, 206, 216), outline="black", width=2)
    pen.line((60, 100, 70, 20, 110, 66), fill="black", width=2)
    pen.line((196, 100, 186, 20, 146, 66), fill="black", width=2)
    return image


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
    assert snapped.getcolors() == [(64 * 64, COLOURS["window"])]
    assert prepare(TASKS["facades"], snapped) is snapped, "the canvas's own drawings are not snapped again"
    photo = Image.new("RGBA", (40, 30), (10, 20, 30, 0))
    assert prepare(TASKS["inpaint"], photo).mode == "RGBA"
    assert prepare(TASKS["edges2cats"], photo).getpixel((0, 0)) == (255, 255, 255)


def test_large_label_maps_are_shrunk_without_new_colours():
    large = Image.new("RGB", (3000, 2000), COLOURS["wall"])
    ImageDraw.Draw(large).rectangle((0, 0, 1499, 1999), fill=COLOURS["door"])
    small = prepare(TASKS["facades"], large)
    assert max(small.size) == 1024
    assert {colour for _, colour in small.getcolors()} == {COLOURS["wall"], COLOURS["door"]}


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
    wall = Image.new("RGB", (256, 256), COLOURS["wall"])
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


# --- drawings from elsewhere ---------------------------------------------------------------------------


@pytest.mark.parametrize("task", ["edges2cats", "facades"])
def test_examples_are_plenty_and_all_come_before_one_comes_again(task):
    names = [path.name for path in tiles.examples_of(task)]
    assert len(names) >= 8
    seen: list[str] = []
    for _ in names:
        seen.append(draw.example({"task": task, "seen": seen})["name"])
    assert seen[0] == names[0] and sorted(seen) == names
    again = draw.example({"task": task, "seen": seen})
    assert again["name"] != seen[-1], "not the same one twice in a row"
    assert decode_data_url(again["drawing"]).size == (256, 256)


def test_edges_lie_on_the_outline():
    photo = Image.new("RGB", (400, 400), (40, 60, 50))
    ImageDraw.Draw(photo).ellipse((100, 100, 300, 300), fill=(220, 200, 160))
    lines = np.asarray(trace_edges(photo)) < 128
    rows, columns = np.nonzero(lines)
    radius = np.hypot(rows - 127.5, columns - 127.5)
    assert lines.mean() > 0.005
    assert np.abs(radius - 64).max() < 5, "nothing but the circle, 100 of 400 pixels = 64 of 256"
    angles = np.degrees(np.arctan2(rows - 127.5, columns - 127.5))
    assert len(np.unique((angles // 10).astype(int))) == 36, "all the way round"


def test_a_blank_photo_has_no_edges():
    assert trace_edges(Image.new("RGB", (90, 50), "grey")).getextrema() == (255, 255)


def test_photo_to_lines_answers_in_data_urls(weights):
    photo = Image.effect_noise((120, 80), 60).convert("RGB")
    reply = draw.photo_to_lines({"photo": encode_jpeg(photo)})
    assert decode_data_url(reply["drawing"]).size == (256, 256)
    assert "no drawing came" in draw.photo_to_lines({"photo": 3})["error"]


# --- hints ---------------------------------------------------------------------------------------------


def lines_of(width: int) -> Image.Image:
    image = Image.new("RGB", (256, 256), "white")
    ImageDraw.Draw(image).ellipse((40, 40, 216, 216), outline="black", width=width)
    return image


def test_hints_speak_up_only_where_there_is_something_to_say():
    assert hint_for("edges2cats", lines_of(2)).text == ""
    assert "thinner pen" in hint_for("edges2cats", lines_of(14)).text
    assert "empty canvas" in hint_for("edges2cats", Image.new("RGB", (256, 256), "white")).text.lower()
    house = Image.new("RGB", (256, 256), COLOURS["wall"])
    assert "window" in hint_for("facades", house).text
    ImageDraw.Draw(house).rectangle((10, 10, 60, 60), fill=COLOURS["door"])
    assert "No windows yet" in hint_for("facades", house).text
    ImageDraw.Draw(house).rectangle((100, 100, 160, 160), fill=COLOURS["window"])
    assert hint_for("facades", house).text == ""
    assert "Brush over" in hint_for("inpaint", Image.new("RGBA", (64, 64)).convert("RGB")).text
    assert hint_for("gray2color", house).text == ""


def test_the_project_s_own_examples_need_few_hints():
    for task in ("edges2cats", "facades"):
        paths = tiles.examples_of(task)
        drawings = {path.name: prepare(TASKS[task], load_image(path)) for path in paths}
        hinted = [name for name, drawing in drawings.items() if hint_for(task, drawing).text]
        assert len(hinted) <= len(paths) / 5, hinted


# --- cards ---------------------------------------------------------------------------------------------


def test_cards_show_what_is_there_and_what_is_not(weights):
    shown = {card["name"]: card for card in tiles.task_tiles()}
    assert list(shown) == list(TASKS)
    assert [name for name, card in shown.items() if card["ready"]] == ["edges2cats", "facades"]
    assert shown["facades"]["thumb"].startswith(web.PICTURES)
    assert shown["facades"]["license"] == "License of the data: made up for this test."
    assert shown["edges2shoes"]["license"] == ""


def test_a_second_start_loads_no_model(weights, monkeypatch):
    first = tiles.start_of_page()
    assert first["task"] == "edges2cats" and first["picture"]
    monkeypatch.setattr(pool, "translators", lambda: pytest.fail("a model was loaded"))
    assert tiles.start_of_page() == first


def test_new_weights_make_a_new_card_picture(weights, monkeypatch):
    before = tiles.first_picture(TASKS["facades"])
    save_tiny_checkpoint(weights, "facades", seed=1)
    loaded = TranslatorPool("cpu")
    monkeypatch.setattr(pool, "translators", lambda: loaded)
    assert tiles.first_picture(TASKS["facades"]).tobytes() != before.tobytes()


def test_the_page_opens_without_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(tmp_path))
    start = tiles.start_of_page()
    assert start["drawing"] and not start["picture"]
    assert not any(card["ready"] for card in tiles.task_tiles())


def test_model_cards_come_without_front_matter_and_with_their_sheet(weights):
    Image.new("RGB", (30, 20), "red").save(weights / "facades" / "sheet.jpg")
    (weights / "facades" / "README.md").write_text(
        "---\nlicense: other\n---\n# Façades\n\n![gone](gone.png)![out](../sheet.jpg)\n\n"
        "![eight](sheet.jpg)\n\n"
        "| data | 400 pairs |\n"
    )
    card = model_cards.model_card("facades")
    assert card.startswith("# Façades\n\n\n\n![eight](data:image/jpeg;base64,") and "license:" not in card


def test_the_license_line_is_read_from_the_card_data(weights):
    write_card_data(
        weights / "facades", Recipe((), data_note="400 pairs", licence="for research", use="teaching")
    )
    assert model_cards.license_line("facades") == (
        "Trained on: 400 pairs. License of the data: for research. Use: teaching."
    )
    (weights / "facades" / "card.json").write_text("[1]")
    assert model_cards.license_line("facades") == ""


def test_missing_model_cards_are_no_error(weights):
    assert "No weights" in model_cards.model_card("edges2shoes")
    assert "No weights" in model_cards.model_card("nothing")
    assert model_cards.license_line("nothing") == ""


# --- the component's files -----------------------------------------------------------------------------


def test_templates_hold_nothing_that_gradio_would_fill_in():
    for name in ("canvas.html", "canvas.css"):
        text = (canvas.FOLDER / name).read_text(encoding="utf-8")
        assert not re.search(r"\{\{|\}\}|\$\{|`|\\", text), name


def test_scripts_are_served_by_name_and_nothing_else_is():
    client = TestClient(Starlette(routes=web.ROUTES))
    served = client.get("/" + web.address("canvas/main.js"))
    assert served.status_code == 200 and "immutable" in served.headers["cache-control"]
    assert served.headers["content-type"].startswith("text/javascript")
    old = client.get(f"/{web.ADDRESS}/older/canvas/main.js")
    assert old.text == served.text and old.headers["cache-control"] == "no-cache"
    for name in ("canvas/canvas.html", "page.py", "../config.py", "%2e%2e/config.py", ""):
        assert client.get(f"/{web.ADDRESS}/{web.version()}/{name}").status_code == 404, name
    with pytest.raises(ValueError, match=r"no script is called 'canvas/nothing\.js'"):
        web.address("canvas/nothing.js")


def test_scripts_are_checked_modules_that_import_what_exists():
    for name, path in web.scripts().items():
        text = path.read_text(encoding="utf-8")
        assert text.startswith("// @ts-check\n// "), f"{name} opens with its job"
        for found in re.findall(r"""^import .*? from "(.+?)";""", text, re.MULTILINE | re.DOTALL):
            assert (path.parent / found).resolve() in web.scripts().values(), (name, found)


def panel_of(module: str) -> str:
    """The panel that a module of the folder belongs to: Learn has several, About its timeline."""
    known = {"real_or_fake": "learn", "timeline": "about"}
    return "learn" if module.startswith("learn") else known.get(module, module)


def test_panels_do_not_know_each_other():
    folder = web.FOLDER / "panels"
    panels = {panel_of(path.stem) for path in folder.glob("*.py")} - {"__init__", "component"}
    assert {"draw", "samples", "patches", "learn", "about"} <= panels
    for path in folder.glob("*.py"):
        found = re.findall(r"pix2pix\.ui\.panels\.(\w+)", path.read_text(encoding="utf-8"))
        assert {panel_of(name) for name in found} & panels <= {panel_of(path.stem)}, path.name
    for path in folder.glob("*.js"):
        found = re.findall(r"""from "\./(\w+)\.js";""", path.read_text(encoding="utf-8"))
        others = {panel_of(name) for name in found if (folder / f"{panel_of(name)}.html").exists()}
        assert others <= {panel_of(path.stem)}, path.name


def test_every_key_means_one_thing():
    script = (canvas.FOLDER / "tools.js").read_text(encoding="utf-8")
    commands = dict(re.findall(r'^  (\w+): \["[^"]+", "([^"]+)", "', script, re.MULTILINE))
    assert len(commands) > 15
    commands.pop("slider")  # C goes back and forth between the two views
    assert len(set(commands.values())) == len(commands), sorted(commands.values())


def luminance(colour: str) -> float:
    levels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in levels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("light", [":root", ".dark"])
def test_text_contrast_is_aa(light):
    block = re.search(re.escape(light) + r" \{(.*?)\}", CSS.read_text(encoding="utf-8"), re.DOTALL).group(1)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    for text, ground in (
        ("ink", "paper"),
        ("ink", "panel"),
        ("ink", "tint"),
        ("soft", "paper"),
        ("soft", "panel"),
        ("soft", "tint"),
        ("accent", "paper"),
        ("accent", "panel"),
        ("accent", "tint"),
        ("on-accent", "accent"),
        ("on-accent", "accent-strong"),
    ):
        bright, dim = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
        assert (bright + 0.05) / (dim + 0.05) >= 4.5, f"{text} on {ground}"


def test_snapping_here_and_in_images_agree():
    noise = Image.effect_noise((32, 32), 90).convert("RGB")
    assert prepare(TASKS["facades"], noise).tobytes() == snap_to_palette(noise, FACADE_PALETTE).tobytes()
