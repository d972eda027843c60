"""How much, how often and from where a visitor may send. Knows nothing about components."""

import os
import threading
import time
from collections import OrderedDict
from urllib.parse import urlsplit

from pix2pix.ui.drawing import MAX_CHARACTERS

MAX_UPLOAD_MB = 20
"""One file. Gradio is told so too, and says it to the visitor before the file is sent."""

MAX_BODY = MAX_CHARACTERS + 10_000
"""Bytes: one drawing as a data URL and the few words around it."""

SIZES = (
    ("/upload", MAX_UPLOAD_MB * 1_000_000 + 100_000),
    ("/component_server", MAX_BODY),
    ("/queue/join", 2 * MAX_BODY),  # the canvas's value, and what a panel was shown
    ("/run/", 2 * MAX_BODY),
    ("/api/", 2 * MAX_BODY),
    ("/call/", 2 * MAX_BODY),
    ("/mcp", 2 * MAX_BODY),
)
OTHER_SIZE = 100_000  # bytes of a request to any other route

SLOWEST = 30  # seconds that the next piece of a request's body may take

# Requests a second, and how many at once, of one address (a school has one for all) and of one page.
ADDRESS_RATE, ADDRESS_BURST = 1000.0, 5000
VISIT_RATE, VISIT_BURST = 60.0, 300
UPLOAD_RATE, UPLOAD_BURST = 1.0, 60
TOO_FAST = "You are faster than the studio can paint. Please wait a moment, then go on."


def size_limit(path: str) -> int:
    """Bytes that the body of a request to a route may have."""
    return next((size for part, size in SIZES if part in path), OTHER_SIZE)


class Buckets:
    """A token bucket for each visitor, of the last `many` who came: `rate` a second, `burst` at once."""

    def __init__(self, rate: float, burst: float, many: int = 10_000):
        self.rate, self.burst, self.many = rate, burst, many
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, and when
        self._guard = threading.Lock()

    def take(self, visitor: str, now: float | None = None) -> bool:
        """Whether the visitor may go on; takes a token."""
        now = time.monotonic() if now is None else now
        with self._guard:
            tokens, before = self._held.pop(visitor, (self.burst, now))
            tokens = min(self.burst, tokens + (now - before) * self.rate)
            self._held[visitor] = (max(0.0, tokens - 1), now)
            if len(self._held) > self.many:
                self._held.popitem(last=False)
        return tokens >= 1


def visitor_address(headers: dict[bytes, bytes], client: tuple[str, int] | None) -> str:
    """Whom a request comes from. Behind a proxy (Spaces, or $PIX2PIX_PROXY=1) as the proxy tells it."""
    if os.environ.get("PIX2PIX_PROXY") == "1" or os.environ.get("SPACE_ID"):
        # The last entry is the proxy's own; those before it are whatever the visitor wrote.
        told = headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")[-1].strip()
        if told:
            return told[:64]
    return client[0] if client else ""


def is_own_origin(headers: dict[bytes, bytes]) -> bool:
    """Whether a request comes from this page, or from a program: no other page may use a visitor's browser.

    $PIX2PIX_ORIGINS names further ones, with commas, such as https://studio.example.org.
    """
    origin = headers.get(b"origin", b"").decode("latin-1")
    if not origin:
        return True
    if origin in (os.environ.get("PIX2PIX_ORIGINS") or "").split(","):
        return True
    try:
        host = urlsplit(origin).netloc
    except ValueError:
        return False
    own = {headers.get(name, b"").decode("latin-1") for name in (b"host", b"x-forwarded-host")}
    return bool(host) and host in own
