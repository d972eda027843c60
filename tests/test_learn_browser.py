"""The Learn panel in a real Chromium, with the shipped weights: exhibits are looked at in pixels."""

import base64
import io
import re
from contextlib import ExitStack

import numpy as np
import pytest
from browser import DESKTOP, PHONE, Visitor, running_studio, visiting
from PIL import Image

from pix2pix import checkpoints
from pix2pix.evaluation.color_statistics import gradient_energy, to_lab
from pix2pix.images import palette_index
from pix2pix.tasks import FACADE_PALETTE

pytest_plugins = ["browser"]
pytestmark = pytest.mark.browser

EXHIBITS = ("replay", "skips", "game", "objective", "quiz")
NAMES = [name for name, _ in FACADE_PALETTE]


@pytest.fixture(scope="module")
def lecture(tmp_path_factory):
    """A studio with the shipped façade checkpoints."""
    folder = tmp_path_factory.mktemp("lecture")
    root = folder / "checkpoints"
    root.mkdir()
    for path in sorted(checkpoints.SHIPPED.glob("facades*")):
        (root / path.name).symlink_to(path)
    with running_studio(folder, root) as url:
        yield url


@pytest.fixture
def student(chromium, lecture):
    """student(): a visitor with a façade on the Draw tab. query: of the page's address."""
    stack = ExitStack()

    def enter(query: str = "") -> Visitor:
        someone = stack.enter_context(visiting(chromium, lecture, DESKTOP))
        someone.page.goto(lecture + (query or "?task=facades&__theme=light"))
        someone.page.wait_for_selector(".studio[data-open=yes]", state="attached", timeout=60_000)
        return someone

    with stack:
        yield enter


def part(name: str) -> str:
    return f"#learn .exhibit[data-exhibit={name}]"


def answers(page, name: str) -> int:
    return int(page.evaluate("s => document.querySelector(s)?.dataset.answers || 0", part(name)))


def wait(page, name: str, before: int) -> None:
    """Until the exhibit has answered more than `before` times and asks for nothing."""
    page.wait_for_function(
        "([s, before]) => { const at = document.querySelector(s)?.dataset || {};"
        " return Number(at.answers || 0) > before && at.busy === 'false' }",
        arg=[part(name), before],
        timeout=90_000,
    )


def open_tab(page, name: str = "replay") -> None:
    if not page.locator("#learn .lesson").is_visible():
        page.get_by_role("tab", name="Learn").click()
    page.wait_for_selector("#learn .lesson:not([hidden])", timeout=60_000)
    if name != page.evaluate("document.querySelector('#learn .panel').dataset.exhibit"):
        page.locator(f"#learn .exhibits [data-value={name}]").click()
    if name != "quiz":
        wait(page, name, 0)


def shown(page, selector: str) -> np.ndarray:
    page.wait_for_function("s => document.querySelector(s)?.src?.startsWith('data:')", arg=selector)
    url = page.evaluate("selector => document.querySelector(selector).src", selector)
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGB"))


def sketch(visitor: Visitor) -> np.ndarray:
    return visitor.pixels("#learn .sketch")


def sharpness(rgb: np.ndarray) -> float:
    return gradient_energy(to_lab(rgb)[0])


def layout(picture: np.ndarray, drawing: np.ndarray) -> float:
    """How much of the picture's lightness the labels explain: R² of the mean lightness of each label."""
    light = to_lab(picture)[0].ravel()
    labels = palette_index(drawing, FACADE_PALETTE).ravel()
    means = np.array([light[labels == each].mean() if (labels == each).any() else 0 for each in range(12)])
    return 1 - float(((light - means[labels]) ** 2).mean() / light.var())


def drag_on_sketch(page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.locator("#learn .sketch").scroll_into_view_if_needed()
    box = page.locator("#learn .sketch").bounding_box()
    for number, (x, y) in enumerate((start, end)):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        if number == 0:
            page.mouse.down()
    page.mouse.up()


def slide(page, name: str, value: int) -> None:
    """The exhibit's slider, by hand."""
    page.locator(f"{part(name)} .slide input").evaluate(
        "(slider, value) => { slider.value = value;"
        " slider.dispatchEvent(new Event('input', { bubbles: true })) }",
        value,
    )


def test_the_first_step_is_blank_and_the_last_a_house(student):
    page = student().page
    scripts = "performance.getEntriesByType('resource').filter(one => /learn_replay/.test(one.name)).length"
    assert page.evaluate(scripts) == 0, "an exhibit's script comes when it is opened"
    open_tab(page)
    number = page.locator(f"{part('replay')} .slide output").inner_text().replace(",", "")
    page.wait_for_selector(f"{part('replay')}[data-step='{number}']", timeout=60_000)
    assert int(number) >= 1000
    last = shown(page, f"{part('replay')} .picture")
    assert page.locator(f"{part('replay')} .loss").count() == 3
    slide(page, "replay", 0)
    page.wait_for_selector(f"{part('replay')}[data-step='0']", timeout=60_000)
    first = shown(page, f"{part('replay')} .picture")
    assert "step=0" in page.url
    drawing = palette_drawing(page)
    assert layout(last, drawing) > 2 * max(0.02, layout(first, drawing))
    assert np.abs(last.astype(int) - first).mean() > 10
    words = page.locator(f"{part('replay')} .numbers").inner_text()
    assert float(re.search(r"([\d.]+) of 255", words)[1]) > 10
    blurred = np.asarray(Image.fromarray(last).resize((16, 16), Image.Resampling.BOX).resize((256, 256)))
    assert sharpness(last) > 3 * sharpness(blurred)


def palette_drawing(page) -> np.ndarray:
    url = page.evaluate("document.querySelector('#learn .sketch').toDataURL()")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGB"))


def test_without_skips_the_layout_is_lost_and_maps_follow_the_pen(student):
    page = student().page
    open_tab(page, "skips")
    drawing = palette_drawing(page)
    whole = shown(page, f"{part('skips')} .whole")
    assert (shown(page, f"{part('skips')} .cut") == whole).all()
    bars = page.locator(f"{part('skips')} .switch b").all_inner_texts()
    assert len(bars) == 8 and all(float(text) > 0 for text in bars)
    before = answers(page, "skips")
    page.locator(f"{part('skips')} .switch[data-side='16']").click()
    wait(page, "skips", before)
    one = shown(page, f"{part('skips')} .cut")
    assert np.abs(one.astype(int) - whole).mean() == pytest.approx(float(bars[3]), abs=1.5)  # of JPEG
    before = answers(page, "skips")
    page.locator(f"{part('skips')} .switch[data-side=all]").click()
    wait(page, "skips", before)
    none = shown(page, f"{part('skips')} .cut")
    assert layout(whole, drawing) > 0.15 > 2 * layout(none, drawing)
    assert "cut=all" in page.url
    feature_maps_follow_the_pen(page)


def feature_maps_follow_the_pen(page) -> None:
    first = f"{part('skips')} .maps img"
    before, maps = answers(page, "skips"), shown(page, first)
    assert page.locator(first).count() == 16
    page.locator("#learn .swatches [data-value=shop]").click()
    drag_on_sketch(page, (0.1, 0.6), (0.9, 0.9))
    wait(page, "skips", before)
    page.wait_for_timeout(300)
    wait(page, "skips", before)
    shop = np.array(dict(FACADE_PALETTE)["shop"])
    assert (palette_drawing(page)[200, 128] == shop).all()
    after = [shown(page, f"{part('skips')} .maps figure:nth-child({n}) img") for n in (1, 2, 3)]
    assert any(np.abs(one.astype(int) - maps).mean() > 2 for one in after)
    before = answers(page, "skips")
    slide(page, "skips", 4)
    wait(page, "skips", before)
    assert shown(page, first).shape == (8, 8, 3) and "layer=encoder-5" in page.url
    page.locator("#learn [data-do=undo]").click()
    assert not (palette_drawing(page)[200, 128] == shop).all()


def test_d_learns_to_tell_and_g_to_fool(student):
    page = student().page
    open_tab(page, "game")

    def press(button: str) -> float:
        before = answers(page, "game")
        page.locator(f"{part('game')} [data-do={button}]").click()
        wait(page, "game", before)
        return float(page.evaluate("s => document.querySelector(s).dataset.fake", part("game")))

    before = answers(page, "game")
    page.locator(f"{part('game')} .start [data-value='0']").click()
    wait(page, "game", before)
    start = press("reset")
    terms = page.locator(f"{part('game')} .formulas").inner_text()
    real, fake, total = map(float, re.search(r"½ \[ ([\d.]+) \+ ([\d.]+) \] = ([\d.]+)", terms).groups())
    assert total == pytest.approx((real + fake) / 2, abs=2e-3)
    after_d = press("stepD")
    assert after_d < start
    page.locator(f"{part('game')} .lambda [data-value='0']").click()
    assert press("stepG") > after_d
    assert "D 1, G 1" in page.locator(f"{part('game')} .moves").inner_text()
    wish = shown(page, f"{part('game')} .gan_wish").astype(int)
    assert 120 < wish.mean() < 136 and wish.std() > 5
    assert press("reset") == pytest.approx(start, abs=1e-4)


def test_lambda_changes_sharpness(student):
    page = student().page
    open_tab(page, "objective")
    found = {}
    for at in range(int(page.locator(f"{part('objective')} .slide input").get_attribute("max")) + 1):
        slide(page, "objective", at)
        value = page.locator(f"{part('objective')} .slide output").inner_text()
        page.wait_for_selector(f"{part('objective')}[data-value='{value}']", timeout=60_000)
        found[value] = sharpness(shown(page, f"{part('objective')} .picture"))
    assert found["0"] > found["∞"] and found["100"] > found["∞"], found
    assert "lambda=inf" in page.url
    assert page.locator(f"{part('objective')} .spread").count() == 2


def test_a_link_restores_the_exhibit_and_back_works(student):
    page = student("?task=facades&tab=learn&exhibit=skips&cut=128,2&layer=decoder-3").page
    wait(page, "skips", 0)
    pressed = page.locator(f"{part('skips')} .switch[aria-pressed=true]")
    assert [one.get_attribute("data-side") for one in pressed.all()] == ["2", "128"]
    assert page.locator(f"{part('skips')} .slide output").inner_text().startswith("decoder 3")
    page.locator("#learn .exhibits [data-value=objective]").click()
    wait(page, "objective", 0)
    assert "exhibit=objective" in page.url
    page.go_back()
    page.wait_for_selector(f"{part('skips')}:not([hidden])")
    assert "exhibit=skips" in page.url and page.locator(part("objective")).is_hidden()
    page.get_by_role("tab", name="Draw").click()
    page.go_back()
    page.wait_for_selector(f"{part('skips')}:not([hidden])")
    assert page.locator("#learn").is_visible() and "exhibit=skips" in page.url


def test_presenting_leaves_the_exhibit_alone(student):
    page = student().page
    open_tab(page)
    page.keyboard.press("f")
    page.wait_for_selector("body.presenting")
    for width, height in ((1280, 800), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        for hidden in ("#masthead", "#learn .exhibits", "#learn .swatches"):
            assert not page.locator(hidden).is_visible()
        style = "one => [getComputedStyle(one).fontSize, getComputedStyle(one).color]"
        font, color = page.locator(f"{part('replay')} .text").evaluate(style)
        assert float(font[:-2]) >= 17 and color == "rgb(0, 0, 0)"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        picture = page.locator(f"{part('replay')} .shown .frame").bounding_box()
        assert picture["width"] > 0.4 * height and picture["y"] + picture["height"] < height
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("PageDown")
    page.wait_for_selector(f"{part('skips')}:not([hidden])")
    page.keyboard.press("Escape")
    page.wait_for_selector("body:not(.presenting)", state="attached")


def test_every_exhibit_fits_a_phone_and_prints_to_one_page(student):
    page = student().page
    for name in EXHIBITS:
        open_tab(page, name)
        pdf = page.pdf(format="A4", prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1, name
    page.set_viewport_size(PHONE["viewport"])
    for dark in (False, True):
        page.evaluate("dark => document.body.classList.toggle('dark', dark)", dark)
        for name in EXHIBITS:
            page.locator(f"#learn .exhibits [data-value={name}]").click()
            page.wait_for_selector(f"{part(name)}:not([hidden])")
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
            color = page.locator(f"{part(name)} .text").evaluate("one => getComputedStyle(one).color")
            light = np.mean([int(number) for number in re.findall(r"\d+", color)[:3]])
            assert light > 150 if dark else light < 90
