"""The color wish on the page, with the shipped emoji: swatches, dice, history, link, samples."""

import base64
import io
from contextlib import contextmanager

import numpy as np
import pytest
from browser import DESKTOP, PHONE, running_studio
from PIL import Image

from pix2pix import checkpoints
from pix2pix.color_wish import color_of_seed, main_color, parse_color

pytest_plugins = ["browser"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (checkpoints.SHIPPED / "sketch2emoji" / "generator.safetensors").is_file(),
        reason="the emoji weights are not here",
    ),
]
TASK = "?task=sketch2emoji"


@pytest.fixture(scope="module")
def emoji_url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("emoji")
    root = folder / "checkpoints"
    root.mkdir()
    (root / "sketch2emoji").symlink_to(checkpoints.SHIPPED / "sketch2emoji")
    with running_studio(folder, root) as url:
        yield url


@pytest.fixture(params=["desktop", "phone"])
def artist(request, visit, emoji_url):
    """Someone in front of the first emoji and its picture."""
    someone = visit(DESKTOP if request.param == "desktop" else PHONE, emoji_url)
    return opened(someone, TASK)


def opened(someone, query: str):
    someone.open(query)
    someone.page.wait_for_function("document.querySelector('.studio').dataset.settled === 'true'")
    return someone


def distance(one, other) -> float:
    return float(np.abs(np.subtract(one, other)).mean())


def seen_color(someone) -> np.ndarray:
    return np.array(main_color(colored(someone.picture())))


def colored(rgb: np.ndarray) -> np.ndarray:
    """The pixels that are neither paper nor outline."""
    return rgb[(rgb.min(-1) < 235) & (rgb.max(-1) > 40)][None]


@contextmanager
def wished(someone, wish: str):
    with someone.new_picture():
        someone.page.locator(f".wishes [data-wish='{wish}']").click()
    yield seen_color(someone)


def swatches(someone) -> list[str]:
    found = someone.page.locator(".wishes [data-wish^='#']")
    return [one.get_attribute("data-wish") for one in found.all()]


def test_each_swatch_colors_the_picture_and_leaves_the_drawing(artist):
    sheet = artist.sheet()
    colors = swatches(artist)
    assert len(colors) >= 4
    for color in (colors[0], colors[-1]):
        with wished(artist, color) as found:
            assert distance(found, parse_color(color)) < 50, (color, found)
        assert artist.page.locator(".wishes [aria-checked=true]").get_attribute("data-wish") == color
    assert np.array_equal(artist.sheet(), sheet)


def test_a_color_of_ones_own(artist):
    with artist.new_picture():
        artist.page.locator(".wishes input[type=color]").fill("#2a9d4a")
    red, green, blue = seen_color(artist)
    assert green > red + 30 and green > blue + 30


def test_the_dice_draw_a_wish(artist):
    settings = checkpoints.load_settings(checkpoints.SHIPPED / "sketch2emoji")
    kept = [tuple(color) for color in settings["colors"]]
    for _ in range(3):
        with artist.new_picture():
            artist.press("dice")
        seed = int(artist.page.locator(".seed input").input_value())
        expected = color_of_seed(kept, seed)
        assert distance(seen_color(artist), expected) < 60, (seed, expected)


def test_history_brings_the_wish_back(artist):
    first, last = swatches(artist)[0], swatches(artist)[-1]
    with wished(artist, first):
        picture = artist.picture()
    with wished(artist, last):
        assert not np.array_equal(artist.picture(), picture)
    artist.page.locator(".past").nth(1).click()
    artist.page.wait_for_selector(f".wishes [data-wish='{first}'][aria-checked=true]")
    assert np.array_equal(artist.picture(), picture)


def test_a_link_keeps_the_wish(artist, visit, emoji_url):
    color = swatches(artist)[0]
    with wished(artist, color) as found:
        artist.page.wait_for_function(
            "color => location.href.includes(`color=${encodeURIComponent(color)}`)", arg=color
        )
    other = opened(visit(DESKTOP, emoji_url), artist.page.url.removeprefix(emoji_url))
    assert other.page.locator(".wishes [aria-checked=true]").get_attribute("data-wish") == color
    assert distance(seen_color(other), found) < 3


def test_samples_show_a_second_row_in_the_photos_colors(artist):
    """By dropout alone the nine are of one color; with wishes they are not."""
    artist.page.goto(artist.url + TASK + "&tab=samples")
    artist.page.wait_for_selector("#samples .colored:not([hidden]) .grid img", timeout=60_000)

    def colors(grid: str) -> np.ndarray:
        addresses = artist.page.locator(f"#samples {grid} img").evaluate_all("all => all.map(one => one.src)")
        pictures = [
            Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGB")
            for url in addresses
        ]
        return np.array([main_color(colored(np.asarray(picture))) for picture in pictures])

    alone, wishes = colors(".grid:not(.colored .grid)"), colors(".colored .grid")
    assert len(alone) >= 4 and len(wishes) >= 4
    assert wishes.std(0).mean() > 3 * alone.std(0).mean() + 5
