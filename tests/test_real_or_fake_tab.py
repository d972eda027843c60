"""Real or fake?, an exhibit of Learn: the session as its handler sees it, and the screen in a browser."""

import json

import numpy as np
import pytest
from conftest import save_checkpoint
from PIL import Image

from pix2pix.evaluation.real_or_fake import PRACTICE, SCORED, trial_order
from pix2pix.images import load_image
from pix2pix.ui import inputs, pool
from pix2pix.ui.drawing import decode_data_url
from pix2pix.ui.panels.real_or_fake import class_result, next_question, opponents
from pix2pix.ui.tiles import examples_of

pytest_plugins = ["browser"]
PAIRS = 3
QUIZ = "#learn .exhibit[data-exhibit=quiz]"


def photo_color(number: int) -> tuple[int, int, int]:
    return (40 * number + 60, 90, 60)


@pytest.fixture
def host(tmp_path, monkeypatch):
    """A host with three validation pairs, whose photos are one color each, and two untrained models."""
    folder = tmp_path / "data" / "facades" / "val"
    folder.mkdir(parents=True)
    for number in range(PAIRS):
        both = Image.new("RGB", (512, 256), photo_color(number))
        both.paste(load_image(examples_of("facades")[number]), (256, 0))
        both.save(folder / f"{number}.png")
    for name in ("facades-patch70", "facades-l1"):
        save_checkpoint(tmp_path / "checkpoints", name)
    monkeypatch.setenv("PIX2PIX_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(tmp_path / "checkpoints"))
    inputs._read_pairs.cache_clear()
    pool.translators.cache_clear()
    yield tmp_path
    inputs._read_pairs.cache_clear()
    pool.translators.cache_clear()


def is_photo(url: str, number: int) -> bool:
    return (np.asarray(decode_data_url(url)) == photo_color(number)).all()


def test_a_question_shows_photo_and_answer_in_the_order_of_the_trials(host):
    trials = trial_order(PAIRS, 7)
    for number in range(4):
        answer = next_question({"seed": 7, "chose_first": [True] * number})
        assert answer["practice"] and answer["number"] == number
        first, second = (is_photo(url, trials[number].pair) for url in answer["pictures"])
        assert (first, second) == (trials[number].real_first, not trials[number].real_first)
        assert answer.get("right") == (trials[number - 1].real_first if number else None)


def test_the_scored_trials_tell_nothing_and_the_end_tells_all(host, monkeypatch):
    monkeypatch.setenv("PIX2PIX_VOTES", str(host / "votes"))
    trials = trial_order(PAIRS, 7)
    fooled_ten_times = [
        trial.real_first == (trial.practice or number >= PRACTICE + 10) for number, trial in enumerate(trials)
    ]
    middle = next_question({"seed": 7, "chose_first": fooled_ten_times[: PRACTICE + 5]})
    assert "right" not in middle and not middle["practice"]
    end = next_question({"checkpoint": "facades-l1", "seed": 7, "chose_first": fooled_ten_times})
    assert end["share"] == 100 * 10 / SCORED and end["low"] < 25 < end["high"]
    assert "10 of 40 pictures by L1" in end["words"] and "pictures" not in end
    (votes,) = (host / "votes").glob("facades-l1-000007*.json")
    kept = json.loads(votes.read_text())
    assert kept["labelled_real"] == [True] * 10 + [False] * 30


def test_a_room_adds_up_its_sessions(host):
    room = class_result({})
    assert room["sessions"] == 0 and "words" not in room
    for seed, fooled in ((7, True), (8, False)):
        answers = [trial.real_first != fooled for trial in trial_order(PAIRS, seed)]
        session = {"checkpoint": "facades-patch70", "seed": seed, "chose_first": answers}
        found = class_result({"code": room["code"].lower(), **session})
    assert found["sessions"] == 2 and found["share"] == 50 and "40 of 80" in found["words"]
    assert class_result({"code": room["code"]}) == found
    assert "finish it first" in class_result({"seed": 7, "chose_first": [True]})["error"]
    assert "is no room's code" in class_result({"code": "??"})["error"]


def test_mistakes_are_one_line(host):
    assert opponents()[0] == ("facades-patch70", "L1 + cGAN")
    assert "no model 'castle' is here" in next_question({"checkpoint": "castle"})["error"]
    assert "seed" in next_question({"seed": "x"})["error"]
    assert len(next_question(None)["pictures"]) == 2, "a session begins with a seed of its own"


@pytest.mark.browser
def test_a_visitor_plays(host, visit, start_studio):
    url = start_studio(host / "checkpoints")
    someone = visit({"viewport": {"width": 820, "height": 900}}, url)
    page = someone.page
    page.get_by_role("tab", name="Learn").click()
    page.locator("#learn .exhibits [data-value=quiz]").click()
    page.locator(f"{QUIZ} [data-do=start]").click()
    page.wait_for_selector(f"{QUIZ} .stage[data-phase=first]", timeout=60_000)
    picture = "document.querySelector('#learn .screen canvas').getContext('2d')"
    colors = f"() => [...{picture}.getImageData(9, 9, 1, 1).data]"
    first = page.evaluate(colors)
    page.wait_for_selector(f"{QUIZ} .stage[data-phase=second]")
    second = page.evaluate(colors)
    photos = [[*photo_color(number), 255] for number in range(PAIRS)]
    assert (first in photos) != (second in photos), "one of the two is the photo"
    page.wait_for_selector(f"{QUIZ} .stage[data-phase=choose]")
    assert not page.locator(f"{QUIZ} canvas").is_visible()
    page.locator(f"{QUIZ} [data-answer={'first' if first in photos else 'second'}]").click()
    page.wait_for_selector(f"{QUIZ} .count:has-text('Right.')")
    page.wait_for_selector(f"{QUIZ} .count:has-text('Practice 2 of 10')", state="attached")
    assert page.evaluate("document.documentElement.scrollWidth") <= 820


@pytest.mark.browser
def test_without_real_photos_the_exhibit_says_what_it_needs(desktop):
    desktop.page.get_by_role("tab", name="Learn").click()
    desktop.page.locator("#learn .exhibits [data-value=quiz]").click()
    desktop.page.wait_for_selector(f"{QUIZ} .words:has-text('PIX2PIX_DATA')", timeout=60_000)
    assert desktop.page.locator(f"{QUIZ} [data-do=start]").is_disabled()
