"""What the Learn panel costs: seconds until it opens, and the server's memory with all exhibits used.

    python benchmarks/lesson.py

Starts a studio of its own with the shipped weights and goes through every exhibit in a browser as a class
would: all steps of the replayed run, all skips, the moves of the game, all values of λ, one picture of the
quiz.
"""

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The browser and server helpers live with the tests, their main user.
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]


def server_of(url: str) -> int:
    """The process that serves an address."""
    port = url.rstrip("/").rpartition(":")[2]
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "environ").read_bytes().split(b"\0")
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if f"PORT={port}".encode() in words and b"app.py" in command:
            return int(folder.name)
    raise ValueError(f"{url}: no process here serves it")


def use(page, name: str) -> None:
    """One exhibit, as a lecturer would use it."""
    from test_learn_browser import answers, part, slide, wait

    def press(selector: str) -> None:
        before = answers(page, name)
        page.locator(f"{part(name)} {selector}").first.click()
        wait(page, name, before)

    if name == "skips":
        for number in range(page.locator(f"{part(name)} .switch").count()):
            press(f".switch >> nth={number}")
    elif name == "game":
        for step in ("stepD", "stepG", "hundred"):
            press(f"[data-do={step}]")
    elif name == "quiz":
        page.locator(f"{part(name)} [data-do=start]").click()
        page.wait_for_selector(f"{part(name)} .stage[data-phase=shown]", timeout=60_000)
    else:
        at = f"{part(name)} .slide input"
        for value in range(int(page.locator(at).get_attribute("max")) + 1):
            slide(page, name, value)
            page.wait_for_timeout(1500)


def main() -> None:
    from browser import DESKTOP, FLAGS, find_chromium, running_studio, visiting
    from memory import resident
    from playwright.sync_api import sync_playwright
    from test_learn_browser import EXHIBITS, open_tab

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        with running_studio(Path(folder), None) as url, visiting(browser, url, DESKTOP) as visitor:
            server = server_of(url)
            page = visitor.page
            page.goto(url + "?task=facades")
            page.wait_for_selector(".studio[data-open=yes]", state="attached", timeout=60_000)
            print(f"{'drawing':14} {resident(server):6.0f} MB")
            began = time.monotonic()
            page.get_by_role("tab", name="Learn").click()
            page.wait_for_selector("#learn .lesson:not([hidden])", timeout=60_000)
            print(f"{'Learn open':14} {time.monotonic() - began:6.1f} s   (aim: below 2)")
            for name in EXHIBITS:
                open_tab(page, name)
                use(page, name)
                print(f"{name:14} {resident(server):6.0f} MB", flush=True)
            print(f"{'at most':14} {resident(server, 'VmHWM'):6.0f} MB  (aim: below 1,500)")
        browser.close()


if __name__ == "__main__":
    main()
