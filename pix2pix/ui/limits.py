"""How large a request of the canvas may be.

Gradio limits uploaded files; what a component's own server functions are sent as JSON it reads whole,
whatever its size. Knows nothing about components.
"""

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from pix2pix.ui.drawing import MAX_CHARACTERS

MAX_BODY = MAX_CHARACTERS + 10_000
"""Bytes: one drawing as a data URL and the few words around it."""


class BodyLimit:
    """ASGI middleware: refuses larger bodies of canvas requests before they are read."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "/component_server" in scope["path"]:
            length = dict(scope["headers"]).get(b"content-length", b"")
            if not length.isdigit():
                await PlainTextResponse("Content-Length required", 411)(scope, receive, send)
                return
            if int(length) > MAX_BODY:
                await PlainTextResponse(f"at most {MAX_BODY:,} bytes", 413)(scope, receive, send)
                return
        await self.app(scope, receive, send)
