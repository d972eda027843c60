"""The pictures of the page in README.md, taken again: `make pictures`, after new weights or a new look."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path += [str(ROOT), str(ROOT / "tests")]

from browser import DESKTOP, FLAGS, PHONE, Visitor, find_chromium, running_studio  # noqa: E402

# File, what kind of screen, light or dark, and the card that is clicked.
PICTURES = (
    ("studio-light", DESKTOP, "light", "edges2cats"),
    ("studio-dark", DESKTOP, "dark", "facades"),
    ("studio-phone", {**PHONE, "device_scale_factor": 2}, "light", "edges2cats"),
)


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_studio(Path(folder), None) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=FLAGS)
        for name, screen, scheme, task in PICTURES:
            page = browser.new_context(**screen, color_scheme=scheme).new_page()
            visitor = Visitor(page, url, touch=False)
            visitor.open()
            visitor.choose(task)
            page.wait_for_timeout(6000)  # the thumbnails of all cards
            target = ROOT / "docs" / "images" / f"{name}.jpg"
            page.screenshot(path=target, type="jpeg", quality=88)
            print(target)
            page.context.close()
        browser.close()


if __name__ == "__main__":
    main()
