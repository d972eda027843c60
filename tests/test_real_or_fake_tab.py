"""Real or fake?, an exhibit of Learn: the session as its handler sees it, and the screen in a browser."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import save_checkpoint

from pix2pix.evaluation.real_or_fake import PRACTICE, SCORED
from pix2pix.images import pil_to_tensor, rgb_to_lab
from pix2pix.ui import pool
from pix2pix.ui.drawing import decode_data_url
from pix2pix.ui.panels.real_or_fake import (
    as_colored,
    as_taken,
    class_result,
    next_question,
    quiz_credits,
    session_trials,
)

pytest_plugins = ["browser"]
SHIPPED = Path(__file__).resolve().parent.parent / "checkpoints" / "gray2color"
QUIZ = "#learn .exhibit[data-exhibit=quiz]"
FAST = "const slow = window.setTimeout; window.setTimeout = (f, ms, ...more) => slow(f, ms / 50, ...more)"


@pytest.fixture
def host(tmp_path, monkeypatch):
    """A host with an untrained network for colors."""
    save_checkpoint(tmp_path / "checkpoints", "gray2color")
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(tmp_path / "checkpoints"))
    pool.translators.cache_clear()
    yield tmp_path
    pool.translators.cache_clear()


def answers_of(seed: int, fooled: int, trusting: int) -> list[bool]:
    """A session that takes so many of the scored made pictures for photos, and so many of the photos."""
    left = {True: fooled, False: trusting}
    said = []
    for trial in session_trials(seed):
        said.append(not trial.practice and left[trial.made] > 0)
        if not trial.practice:
            left[trial.made] -= 1
    return said


def test_a_question_shows_the_photo_or_what_the_network_makes_of_it(host):
    trials = session_trials(7)
    for number in range(4):
        answer = next_question({"seed": 7, "said_photo": [True] * number})
        assert answer["practice"] and answer["number"] == number
        shown = np.asarray(decode_data_url(answer["picture"]).convert("RGB"))
        assert shown.shape == (256, 256, 3)
        is_photo = (shown == np.asarray(as_taken(trials[number].picture))).all()
        assert is_photo != trials[number].made
        if number:
            last = trials[number - 1]
            assert (answer["right"], answer["was_made"]) == (not last.made, last.made)


def test_the_scored_trials_tell_nothing_and_the_end_tells_all(host, monkeypatch):
    monkeypatch.setenv("PIX2PIX_VOTES", str(host / "votes"))
    said = answers_of(7, fooled=5, trusting=15)
    middle = next_question({"seed": 7, "said_photo": said[: PRACTICE + 5]})
    assert "right" not in middle and "was_made" not in middle and not middle["practice"]
    end = next_question({"seed": 7, "said_photo": said})
    assert (end["made"]["count"], end["made"]["of"], end["made"]["share"]) == (5, 20, 25)
    assert (end["made"]["low"], end["made"]["high"]) == pytest.approx((11.19, 46.87), abs=0.01)
    assert (end["real"]["count"], end["real"]["of"], end["real"]["share"]) == (15, 20, 75)
    assert sum(end["made_trials"][PRACTICE:]) == SCORED // 2 and "picture" not in end
    (votes,) = (host / "votes").glob("gray2color-000007*.json")
    kept = json.loads(votes.read_text())
    assert sum(kept["made_labelled_real"]) == 5 and sum(kept["real_labelled_real"]) == 15


def test_a_room_adds_up_its_sessions():
    room = class_result({})
    assert room["sessions"] == 0 and "made" not in room
    for visit, fooled in (("a", 20), ("b", 0)):
        session = {"visit": visit, "seed": 7, "said_photo": answers_of(7, fooled, 20)}
        found = class_result({"code": room["code"].lower(), **session})
    assert found["sessions"] == 2 and (found["made"]["count"], found["made"]["of"]) == (20, 40)
    assert found["made"]["share"] == 50 and found["real"]["share"] == 100
    assert class_result({"code": room["code"]}) == found
    assert "finish it first" in class_result({"seed": 7, "said_photo": [True]})["error"]
    assert "is no room's code" in class_result({"code": "??"})["error"]


def test_mistakes_are_one_line(host, tmp_path, monkeypatch):
    assert "seed" in next_question({"seed": "x"})["error"]
    assert "picture" in next_question(None), "a session begins with a seed of its own"
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(tmp_path / "none"))
    pool.translators.cache_clear()
    error = next_question({"seed": 7})["error"]
    assert "no weights for 'gray2color'" in error and str(tmp_path) not in error


def test_made_pictures_keep_the_lightness(host):
    """By the shipped network. Colors that sRGB lacks are clipped, which moves the lightness a little."""
    shutil.rmtree(host / "checkpoints" / "gray2color")
    shutil.copytree(SHIPPED, host / "checkpoints" / "gray2color")
    for number in (0, 17, 34):
        photo, made = (
            rgb_to_lab(pil_to_tensor(one))[0].numpy() for one in (as_taken(number), as_colored(number))
        )
        assert np.abs(50 * (made[0] - photo[0])).mean() < 1  # of 100
        assert np.abs(110 * (made[1:] - photo[1:])).mean() > 1, "the colors are the network's own"


@pytest.mark.browser
def test_a_class_plays(host, visit, start_studio):
    url = start_studio(host / "checkpoints")
    someone = visit({"viewport": {"width": 820, "height": 900}}, url)
    page = someone.page
    scripts = "performance.getEntriesByType('resource').filter(one => /learn_quiz/.test(one.name)).length"
    assert page.evaluate(scripts) == 0, "nothing of it is loaded before it is opened"
    page.get_by_role("tab", name="Learn").click()
    page.locator("#learn .exhibits [data-value=quiz]").click()
    page.locator(f"{QUIZ} [data-do=room]").click()
    page.wait_for_selector(f"{QUIZ} .together:has-text('Nobody in this room has finished yet.')")
    code = page.locator(f"{QUIZ} .room b").inner_text()
    assert page.evaluate("new URLSearchParams(location.search).get('room')") == code
    page.evaluate(FAST)
    page.locator(f"{QUIZ} [data-do=start]").click()
    for number in range(PRACTICE + SCORED):
        page.wait_for_selector(f"{QUIZ} .stage[data-phase=choose]", timeout=60_000)
        assert not page.locator(f"{QUIZ} canvas").is_visible(), "the picture is gone when one answers"
        page.keyboard.press("1" if number % 2 else "2")
    page.wait_for_selector(f"{QUIZ} .review:not([hidden])", timeout=60_000)
    page.wait_for_selector(f"{QUIZ} .class .figure", timeout=60_000)
    wrong = f"{QUIZ} .thumbs.made [data-wrong=true]"
    fooled = page.locator(wrong).count()
    trusted = 20 - page.locator(f"{QUIZ} .thumbs.real [data-wrong=true]").count()
    assert fooled + trusted == SCORED // 2, "every other answer was a photo"
    words = page.locator(f"{QUIZ} .mine p").inner_text()
    assert f"You took {fooled} of 20 colored pictures for photos: {5 * fooled} %" in words
    assert f"Of the photos, {trusted} of 20." in words
    assert f"One session took {fooled} of 20" in page.locator(f"{QUIZ} .together").inner_text()
    together = class_result_of(page, code)
    assert together["sessions"] == 1 and together["made"]["count"] == fooled
    assert page.locator(f"{QUIZ} .credits li").count() == len(quiz_credits())
    assert page.evaluate("document.documentElement.scrollWidth") <= 820


def class_result_of(page, code: str) -> dict:
    """What a second page of the class is told, by its address alone."""
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector(f"{QUIZ} .class .figure", timeout=90_000)
    assert other.locator(f"{QUIZ} .room b").inner_text() == code
    made = other.locator(f"{QUIZ} .class .figure").first.get_attribute("title")
    words = other.locator(f"{QUIZ} .together").inner_text()
    other.close()
    return {"sessions": 1 if words.startswith("One session") else 0, "made": {"count": int(made.split()[0])}}


@pytest.mark.browser
def test_without_the_network_the_exhibit_says_what_it_needs(host, visit, start_studio):
    save_checkpoint(host / "other", "facades")
    page = visit({"viewport": {"width": 820, "height": 900}}, start_studio(host / "other")).page
    page.get_by_role("tab", name="Learn").click()
    page.locator("#learn .exhibits [data-value=quiz]").click()
    page.wait_for_selector(f"{QUIZ} .count:has-text('gray2color')", timeout=60_000)
    assert page.locator(f"{QUIZ} [data-do=start]").is_disabled()
