"""What the browser gets at once, before Gradio's own scripts: head, header and the finished example.

Gradio fills the page with scripts, and its `head` option comes after them. This middleware writes into the
page's HTML: English as the language, preloads of the studio's scripts, and a still image of the Draw panel,
which the canvas removes when it is ready.
"""

from html import escape
from pathlib import Path
from string import Template

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pix2pix.ui import web

# The page is English; Gradio would translate its own few words into the browser's language.
ENGLISH = """\
<script>
for (const [name, value] of [["language", "en"], ["languages", ["en"]]]) {
  Object.defineProperty(navigator, name, { get: () => value });
}
</script>
"""

TEMPLATE = Path(__file__).with_suffix(".html")


def first_sight(title: str, pictures: list[str]) -> str:
    """The still image of the page: its name, and the drawing and picture at these addresses."""
    name, _, rest = escape(title).partition(" ")
    shown = "".join(f'<img alt="" src="{escape(picture)}">' for picture in pictures)
    template = Template(TEMPLATE.read_text(encoding="utf-8"))
    return template.substitute(name=name, rest=rest, pictures=shown)


class FirstPaint:
    """ASGI middleware: writes into the HTML of the page itself, and into nothing else."""

    def __init__(self, app: ASGIApp, sight: str):
        self.app = app
        self.head = (ENGLISH + web.preloads()).encode()
        self.sight = sight.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_page = scope["type"] == "http" and scope["method"] == "GET"
        if not is_page or scope["path"].rstrip("/") != scope.get("root_path", ""):
            await self.app(scope, receive, send)
            return
        started: Message | None = None
        body = bytearray()

        async def rewrite(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = message
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            assert started is not None
            headers = dict(started["headers"])
            page = bytes(body)
            if (
                headers.get(b"content-type", b"").startswith(b"text/html")
                and b"content-encoding" not in headers
            ):
                page = page.replace(b"<head>", b"<head>" + self.head, 1)
                page = insert_after_body(page, self.sight)
            kept = [(name, value) for name, value in started["headers"] if name.lower() != b"content-length"]
            kept.append((b"content-length", str(len(page)).encode()))
            await send({**started, "headers": kept})
            await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, rewrite)


def insert_after_body(page: bytes, addition: bytes) -> bytes:
    """The HTML with something at the beginning of its body."""
    at = page.find(b">", page.find(b"<body")) + 1
    return page[:at] + addition + page[at:]
