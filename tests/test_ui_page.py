"""What the page is made of, without a browser: examples, hints, cards, and the component's files."""

import re

import numpy as np
import pytest
from browser import save_tiny_checkpoint
from PIL import Image, ImageDraw
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pix2pix.cards import write_card_data
from pix2pix.data.recipes import Recipe
from pix2pix.images import load_image, snap_to_palette
from pix2pix.inference import TranslatorPool
from pix2pix.tasks import FACADE_PALETTE, TASKS
from pix2pix.ui import canvas, model_cards, pool, tiles, web
from pix2pix.ui.drawing import (
    decode_data_url,
    encode_jpeg,
    prepare,
)
from pix2pix.ui.edges import trace_edges
from pix2pix.ui.hints import hint_for
from pix2pix.ui.page import build_demo
from pix2pix.ui.panels import draw
from pix2pix.ui.theme import CSS

pytest_plugins = ["studio"]  # the fixtures: weights, cat
COLORS = dict(FACADE_PALETTE)


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
    house = Image.new("RGB", (256, 256), COLORS["wall"])
    assert "window" in hint_for("facades", house).text
    ImageDraw.Draw(house).rectangle((10, 10, 60, 60), fill=COLORS["door"])
    assert "No windows yet" in hint_for("facades", house).text
    ImageDraw.Draw(house).rectangle((100, 100, 160, 160), fill=COLORS["window"])
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


def test_only_the_first_tasks_model_stays_once_the_tiles_have_their_pictures(weights):
    build_demo()
    assert pool.translators().loaded() == ["edges2cats"]


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
    sheet = client.get("/" + web.address("panels/learn.html"))
    assert sheet.text == (web.FOLDER / "panels" / "learn.html").read_text(encoding="utf-8")
    for name in ("canvas/canvas.html", "page.py", "../config.py", "%2e%2e/config.py", ""):
        assert client.get(f"/{web.ADDRESS}/{web.version()}/{name}").status_code == 404, name
    with pytest.raises(ValueError, match=r"no script is called 'canvas/nothing\.js'"):
        web.address("canvas/nothing.js")


def test_scripts_are_served_without_comments():
    kept = "export const a = `\n  // kept\n`;\nf(a); // kept too\n/** @type {B} */ (b).c();"
    script = kept.replace("f(a)", "  // gone\n  f(a)")
    assert web.without_comments(f"/** What it\n * does. */\n{script}\n") == kept
    whole = sum(path.stat().st_size for path in web.scripts().values())
    assert sum(len(web.content(path).encode()) for path in web.scripts().values()) < 0.85 * whole


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


def luminance(color: str) -> float:
    levels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in levels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("light", [":root", ".dark"])
def test_text_contrast_is_aa(light):
    block = re.search(re.escape(light) + r" \{(.*?)\}", CSS.read_text(encoding="utf-8"), re.DOTALL).group(1)
    colors = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
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
        bright, dim = sorted((luminance(colors[text]), luminance(colors[ground])), reverse=True)
        assert (bright + 0.05) / (dim + 0.05) >= 4.5, f"{text} on {ground}"


def test_snapping_here_and_in_images_agree():
    noise = Image.effect_noise((32, 32), 90).convert("RGB")
    assert prepare(TASKS["facades"], noise).tobytes() == snap_to_palette(noise, FACADE_PALETTE).tobytes()
