"""The camera in a real Chromium, whose fake one shows a film that is made here."""

import io

import numpy as np
import pytest
from browser import DESKTOP, FLAGS, PHONE, Visitor, dark, find_chromium
from PIL import Image, ImageDraw

pytest_plugins = ["browser"]
pytestmark = pytest.mark.browser
SKY, DISC = (90, 120, 170), (220, 60, 40)
FAKE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """A disc that goes from left to right and back, 640 × 480, as Chromium's fake camera reads it."""
    path = tmp_path_factory.mktemp("film") / "film.mjpeg"
    frames = io.BytesIO()
    for left in (*range(60, 360, 20), *range(360, 60, -20)):
        image = Image.new("RGB", (640, 480), SKY)
        ImageDraw.Draw(image).ellipse((left, 140, left + 200, 340), fill=DISC)
        image.save(frames, "JPEG", quality=90, subsampling=0)
    path.write_bytes(frames.getvalue())
    return path


@pytest.fixture
def with_camera(chromium, studio_url, film):
    """with_camera(settings, flags): a page in a browser with a camera, closed when the test is over."""
    open_browsers = []

    def start(settings: dict, flags: list[str] | None = None) -> Visitor:
        flags = [*FAKE, f"--use-file-for-fake-video-capture={film}"] if flags is None else flags
        kind = chromium.browser_type
        browser = kind.launch(executable_path=find_chromium(), headless=True, args=[*FLAGS, *flags])
        open_browsers.append(browser)
        someone = Visitor(
            browser.new_context(**settings).new_page(), studio_url, settings.get("has_touch", False)
        )
        someone.open("?__theme=light")
        return someone

    yield start
    for browser in open_browsers:
        browser.close()


def open_camera(someone: Visitor) -> None:
    someone.press("camera")
    someone.page.wait_for_function("document.querySelector('.camera video')?.videoWidth > 0")


def button(someone: Visitor, name: str):
    return someone.page.locator(f"[data-camera={name}]")


def stored(someone: Visitor) -> list[str]:
    """Keys of what the browser keeps, with the times of the last pictures."""
    return someone.page.evaluate(
        """() => new Promise((done) => {
            const open = indexedDB.open("pix2pix-studio", 1);
            open.onsuccess = () => {
                const all = open.result.transaction("state").objectStore("state").getAllKeys();
                all.onsuccess = () => done(all.result);
            };
        })"""
    )


@pytest.mark.parametrize("settings", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_picture_is_taken(with_camera, settings):
    someone = with_camera(settings)
    someone.choose("inpaint")
    open_camera(someone)
    stage, row = (someone.page.locator(one).bounding_box() for one in (".stage", ".camera > div"))
    assert row["x"] >= stage["x"] and row["x"] + row["width"] <= stage["x"] + stage["width"]
    assert row["y"] + row["height"] <= stage["y"] + stage["height"] + 1
    assert button(someone, "live").count() == 0, "a mask is brushed on a photo that stands still"
    with someone.new_picture():
        button(someone, "take").click()
    sheet = someone.sheet().astype(int)
    assert sheet.shape == (384, 512, 3)
    assert np.abs(sheet[10, 10] - SKY).max() < 12
    disc = np.abs(sheet - DISC).max(-1) < 40
    assert disc.sum() == pytest.approx(np.pi * 80**2, rel=0.1), "the disc, whole"
    assert someone.page.locator(".camera").count() == 0


def test_live_frames_go_through_the_task_and_leave_nothing(with_camera):
    someone = with_camera(DESKTOP)
    someone.choose("gray2color")
    sheet, picture, keys = someone.sheet(), someone.picture(), stored(someone)
    open_camera(someone)
    before = someone.pictures()
    button(someone, "live").click()
    seen = set()
    for count in (1, 3, 5):
        someone.page.wait_for_function(
            "least => Number(document.querySelector('.studio').dataset.pictures) >= least", arg=before + count
        )
        seen.add(someone.picture().tobytes())
        frame = someone.sheet()
        assert frame.shape == (384, 512, 3) and np.ptp(frame.astype(int), axis=-1).max() == 0
    assert len(seen) > 1, "the pictures follow the camera"
    button(someone, "close").click()
    assert np.array_equal(someone.sheet(), sheet) and np.array_equal(someone.picture(), picture)
    assert stored(someone) == keys, "frames are not stored"


def test_from_the_camera_to_lines_to_a_cat(with_camera):
    """The chain: each frame becomes lines, and the lines a picture."""
    someone = with_camera(DESKTOP)
    open_camera(someone)
    before = someone.pictures()
    button(someone, "live").click()
    someone.page.wait_for_function(
        "least => Number(document.querySelector('.studio').dataset.pictures) >= least", arg=before + 2
    )
    sheet = someone.sheet()
    assert 0.005 < dark(sheet) < 0.1, "lines, no photo"
    button(someone, "take").click()
    # Not new_picture: the last live one may come meanwhile. The lines are a step that can be undone.
    someone.page.wait_for_selector("[data-do=undo]:enabled")
    sheet = someone.sheet()
    rows, _ = np.nonzero(sheet.mean(-1) < 128)
    height = len(sheet)
    assert np.ptp(rows) == pytest.approx(200 / 480 * height, rel=0.1), (
        "the disc's outline, as high as the disc"
    )
    assert 0.005 < dark(sheet) < 0.1
    with someone.new_picture():
        someone.press("undo")


def test_a_refused_camera_is_one_friendly_line(with_camera):
    someone = with_camera(DESKTOP, ["--use-fake-device-for-media-stream"])
    someone.page.context.clear_permissions()
    sheet = someone.sheet()
    someone.press("camera")
    someone.page.wait_for_function("document.querySelector('.hint').innerText.includes('was not allowed')")
    assert someone.page.locator(".camera").count() == 0
    assert np.array_equal(someone.sheet(), sheet)


def test_another_task_closes_the_camera(with_camera):
    someone = with_camera(DESKTOP)
    open_camera(someone)
    someone.choose("facades")
    assert someone.page.locator(".camera").count() == 0
    assert someone.page.locator("[data-do=camera]").count() == 0, "label maps are painted"
