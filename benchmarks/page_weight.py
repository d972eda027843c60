"""How heavy the page is: bytes and seconds until the first paint and until the first picture.

    python benchmarks/page_weight.py [--megabits 1.4] [--latency 150]

Starts a studio of its own and visits it with a fresh browser over a connection that Chromium slows down to so
many megabits a second and ms of latency. Bytes are those that travel, compressed, headers included.
"""

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The browser and server helpers live with the tests, their main user.
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]


def visit(browser, url: str, megabits: float, latency: float) -> dict[str, float]:
    """Bytes and requests until the studio is open, and the seconds until first paint and opening."""
    page = browser.new_context().new_page()
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    speed = megabits * 1e6 / 8
    network.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": latency, "downloadThroughput": speed, "uploadThroughput": speed},
    )
    sizes: dict[str, float] = {}

    def note(event: dict) -> None:
        sizes[event["requestId"]] = event["encodedDataLength"]

    network.on("Network.loadingFinished", note)
    page.goto(url, wait_until="commit")
    page.wait_for_selector(".studio[data-open=yes]:not(.no-picture)", timeout=120_000)
    opened = page.evaluate("performance.now()")
    total = sum(sizes.values())
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    page.context.close()
    return {"bytes": total, "requests": len(sizes), "painted": painted / 1000, "opened": opened / 1000}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabits", type=float, default=1.4, help="of the connection, a second")
    parser.add_argument("--latency", type=float, default=150, help="ms a round trip")
    parser.add_argument("--url", help="a studio that runs already")
    arguments = parser.parse_args()

    from browser import FLAGS, find_chromium, running_studio
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        if arguments.url:
            found = visit(browser, arguments.url, arguments.megabits, arguments.latency)
        else:
            with running_studio(Path(folder), None) as url:
                found = visit(browser, url, arguments.megabits, arguments.latency)
        browser.close()
    print(f"{arguments.megabits} Mbit/s, {arguments.latency:.0f} ms")
    print(f"first paint, s                 {found['painted']:6.1f}   (aim: below 2)")
    print(f"studio open with a picture, s  {found['opened']:6.1f}")
    print(f"until then, kB                 {found['bytes'] / 1000:6.0f}   (aim: below 350)")
    print(f"requests                       {found['requests']:6d}")


if __name__ == "__main__":
    main()
