"""What outlives a moment: drawings after a reload, links and the address; and a server that is gone."""

import re

import numpy as np
import pytest
from browser import DESKTOP, PHONE
from PIL import Image, ImageDraw

pytest_plugins = ["browser"]
pytestmark = pytest.mark.browser


@pytest.fixture
def photo_file(tmp_path):
    """An upright photo with a bright disc."""
    image = Image.new("RGB", (300, 600), (70, 90, 60))
    ImageDraw.Draw(image).ellipse((90, 200, 210, 320), fill=(230, 200, 150))
    image.save(tmp_path / "photo.jpg", quality=92)
    return tmp_path / "photo.jpg"


def wait_for_address(page, pattern: str) -> str:
    page.wait_for_function("pattern => new RegExp(pattern).test(location.href)", arg=pattern, timeout=20_000)
    return page.evaluate("location.href")


def reload(someone) -> None:
    """As a visitor who comes back: the address as it is, or without anything."""
    someone.page.wait_for_timeout(500)  # the store is written after the picture
    someone.page.reload()
    someone.page.wait_for_selector(".studio[data-open=yes]", timeout=60_000)


# --- a reload ----------------------------------------------------------------------------------------------


def test_a_photo_its_mask_and_its_picture_survive_a_reload(visitor, photo_file):
    visitor.choose("inpaint")
    with visitor.new_picture():
        visitor.give_file("upload", photo_file)
    with visitor.new_picture():
        visitor.drag((0.4, 0.4), (0.6, 0.5))
    sheet, picture = visitor.sheet(), visitor.picture()
    reload(visitor)
    assert visitor.page.locator(".studio").get_attribute("data-task") == "inpaint"
    assert np.array_equal(visitor.sheet(), sheet) and np.array_equal(visitor.picture(), picture)
    assert visitor.pictures() == 0, "the picture is kept, not made again"
    visitor.page.locator(".card[data-task=edges2cats]").click()
    visitor.page.wait_for_selector(".studio[data-task=edges2cats]:not(.no-picture)")
    assert (visitor.sheet().mean(-1) < 128).mean() > 0.005, "other tasks are not empty"


def test_last_pictures_survive_and_can_be_cleared(desktop):
    with desktop.new_picture():
        desktop.press("example")
    sheet = desktop.sheet()
    with desktop.new_picture():
        desktop.press("dice")
    with desktop.new_picture():
        desktop.press("clear")
    with desktop.new_picture():
        desktop.drag((0.1, 0.1), (0.9, 0.1))
    count = desktop.page.locator(".past").count()
    assert count == 4
    reload(desktop)
    assert desktop.page.locator(".past").count() == count
    desktop.page.locator(".past").nth(2).click()
    assert np.array_equal(desktop.sheet(), sheet)
    desktop.press("forget")
    assert "Really" in desktop.page.locator("[data-do=forget]").inner_text(), "one click alone clears nothing"
    with desktop.page.expect_navigation():
        desktop.press("forget")
    desktop.page.wait_for_selector(".studio[data-open=yes]", timeout=60_000)
    assert desktop.page.locator(".past").count() == 1, "as on a first visit: the opening alone"
    assert not re.search("[?&](task|seed)=", desktop.page.url)


def test_the_store_stays_below_its_limit(desktop):
    """Records beyond the limit are dropped, the oldest first."""
    kept = desktop.page.evaluate(
        """async () => {
            const script = [...document.querySelectorAll("link[rel=modulepreload]")].map((one) => one.href)
                .find((href) => href.endsWith("canvas/memory.js"));
            const { LIMIT, rememberEntries, sizeOf } = await import(script);
            const store = await import(script.replace("memory.js", "store.js"));
            const each = LIMIT / 4 - 1000;
            const entry = (_, id) => ({ id, packed: { pixels: new Uint8Array(each) }, changed: true });
            const entries = Array.from({ length: 6 }, entry);
            await rememberEntries({ entries });
            const left = (await store.keys()).filter((key) => key.startsWith("entry/"));
            await store.clearAll();
            return [left, sizeOf(entries[0].packed)];
        }"""
    )
    assert kept[0] == [f"entry/{number}" for number in range(4)] and kept[1] > 1e6


def test_an_empty_canvas_is_no_last_picture(desktop):
    with desktop.new_picture():
        desktop.press("example")
    count = desktop.page.locator(".past").count()
    with desktop.new_picture():
        desktop.press("clear")
    assert desktop.page.locator(".past").count() == count


# --- links -------------------------------------------------------------------------------------------------


def test_a_link_opens_the_drawing_on_another_machine(desktop, visit):
    with desktop.new_picture():
        desktop.press("clear")
    with desktop.new_picture():
        desktop.drag((0.2, 0.2), (0.5, 0.8), (0.8, 0.2))
    with desktop.new_picture():
        desktop.press("dice")
    seed = desktop.page.locator(".seed input").input_value()
    href = wait_for_address(desktop.page, f"seed={seed}.*#d=.{{20}}")
    assert len(href) < 2500
    other = visit(PHONE)
    other.open(href.removeprefix(other.url))
    other.page.wait_for_function("document.querySelector('.studio').dataset.settled === 'true'")
    assert np.array_equal(other.sheet(), desktop.sheet())
    assert other.page.locator(".seed input").input_value() == seed
    assert np.abs(other.picture().astype(int) - desktop.picture()).mean() < 1


@pytest.mark.parametrize("task", ["edges2cats", "facades"])
def test_a_link_to_an_example_and_what_was_drawn_on_it(desktop, visit, task):
    desktop.choose(task)
    with desktop.new_picture():
        desktop.press("example")
    href = wait_for_address(desktop.page, f"task={task}.*example=")
    assert "#d=" not in href
    with desktop.new_picture():
        desktop.drag((0.1, 0.1), (0.3, 0.2))
    href = wait_for_address(desktop.page, "#d=")
    other = visit(DESKTOP)
    other.open(href.removeprefix(other.url))
    other.page.wait_for_function("document.querySelector('.studio').dataset.settled === 'true'")
    assert np.array_equal(other.sheet(), desktop.sheet())


def test_back_and_forward_walk_through_tasks_and_panels(desktop):
    page = desktop.page
    with desktop.new_picture():
        desktop.drag((0.1, 0.1), (0.4, 0.1))
    wait_for_address(page, "task=edges2cats")
    cat = desktop.sheet()
    desktop.choose("facades")
    wait_for_address(page, "task=facades")
    page.get_by_role("tab", name="About").click()
    wait_for_address(page, "tab=about")
    page.get_by_text("What this is").wait_for()
    page.go_back()
    page.wait_for_selector(".studio[data-task=facades]:visible")
    page.go_back()
    page.wait_for_selector(".studio[data-task=edges2cats]:visible")
    assert np.array_equal(desktop.sheet(), cat)
    page.go_forward()
    page.wait_for_selector(".studio[data-task=facades]:visible")
    page.go_forward()
    page.get_by_text("What this is").wait_for()
    page.reload()
    page.get_by_text("What this is").wait_for(timeout=60_000)
    assert page.get_by_role("tab", name="About").get_attribute("aria-selected") == "true"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?task=unicorns", "unicorns"),
        ("?task=edges2cats#d=%%%", "damaged"),
        ("?task=edges2cats#d=AAAA", "could not be opened"),
        ("?task=facades&example=nothing.png", "nothing.png"),
    ],
)
def test_a_broken_link_gets_one_line_and_the_page_works(visit, query, said):
    someone = visit(DESKTOP)
    someone.open(query)
    someone.page.wait_for_function(
        "said => document.querySelector('.hint').innerText.includes(said)", arg=said, timeout=30_000
    )
    before = someone.sheet()
    with someone.new_picture():
        someone.drag((0.1, 0.6), (0.9, 0.65))
    assert not np.array_equal(someone.sheet(), before)


def test_a_link_opens_a_panel_with_its_drawing(visit):
    someone = visit(DESKTOP)
    someone.page.goto(someone.url + "?tab=samples&task=facades")
    someone.page.wait_for_selector("#samples .panel[data-answers]", timeout=90_000)
    assert someone.page.locator("#samples .grid").first.locator("img").count() == 9
    assert someone.page.locator("#samples .name").inner_text().startswith("Your drawing: Façade")


# --- the server is gone ------------------------------------------------------------------------------------


def test_without_a_server_the_page_says_so_and_goes_on_by_itself(visitor):
    page = visitor.page
    picture = visitor.picture()
    page.route(re.compile("component_server"), lambda route: route.abort())
    visitor.drag((0.1, 0.1), (0.9, 0.2))
    page.wait_for_selector(".offline:visible")
    assert "does not answer" in page.locator(".offline").inner_text()
    assert float(page.locator(".picture").evaluate("one => getComputedStyle(one).opacity")) < 0.5, "dimmed"
    visitor.drag((0.1, 0.3), (0.9, 0.4))
    sheet = visitor.sheet()
    page.unroute_all(behavior="wait")
    with visitor.new_picture():
        pass  # the next attempt comes by itself
    assert page.locator(".offline").is_hidden()
    assert np.array_equal(visitor.sheet(), sheet) and not np.array_equal(visitor.picture(), picture)


def test_attempts_become_rarer(desktop):
    times = []
    desktop.page.clock.install()

    def refuse(route):
        times.append(desktop.page.evaluate("Date.now()"))
        route.abort()

    desktop.page.route(re.compile("component_server"), refuse)
    desktop.drag((0.1, 0.1), (0.9, 0.2), steps=1)
    for _ in range(6):
        desktop.page.clock.run_for(16_000)
        desktop.page.wait_for_timeout(300)
    gaps = np.diff(times)
    assert len(gaps) >= 3 and gaps[-1] >= 10_000 > gaps[0]
    desktop.page.unroute_all(behavior="wait")


# --- one language ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["de-DE", "ko-KR"])
def test_the_page_is_english_throughout(visit, locale):
    someone = visit({**DESKTOP, "locale": locale})
    assert someone.page.evaluate("document.documentElement.lang") == "en"
    footer = someone.page.locator("footer").inner_text()
    assert footer.isascii() and "API" in footer and "über" not in footer.lower()
