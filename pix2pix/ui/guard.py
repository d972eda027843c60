"""The ASGI middleware in front of everything: sizes, rates, origins, schemas, headers, errors without paths.

A request's body is counted as it is received, whatever its headers say. An exception on the way becomes one
line in the log and a polite answer; a server error of an endpoint becomes a client's error, since what can go
wrong there is what was sent. Knows routes, not components.
"""

import contextlib
import json
import re
import site
import sys
import tempfile
from asyncio import wait_for
from functools import cache
from pathlib import Path

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pix2pix import checkpoints
from pix2pix.ui import limits
from pix2pix.ui.door import SORRY, Unfit, check_canvas_call, check_event, place_of, read_json

CHECKED = re.compile(r"/(component_server|queue/join|run/[^/]+|api/[^/]+|call/[^/]+|call/v2/[^/]+)/?$")

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",  # Gradio's page has scripts of all kinds
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self' https://huggingface.co https://*.huggingface.co https://*.hf.space",
    )
)
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
]
POLICY_HEADER = (b"content-security-policy", POLICY.encode())
OURS = {name for name, _ in (*HEADERS, POLICY_HEADER)}
# A policy governs documents. To the hundred answers of these other types that a first visit gets it would
# add 50 kB.
NO_DOCUMENT = re.compile(
    rb"((text|application)/javascript|text/css|image/(png|jpeg|webp|gif|x-icon)|font/\w+)\b"
)


class TooLarge(Exception):
    """The body has more bytes than its route takes."""


class Guard:
    """See the module. app: what it stands in front of."""

    def __init__(self, app: ASGIApp):
        self.app = app
        self.addresses = limits.Buckets(limits.ADDRESS_RATE, limits.ADDRESS_BURST)
        self.visits = limits.Buckets(limits.VISIT_RATE, limits.VISIT_BURST)
        self.uploads = limits.Buckets(limits.UPLOAD_RATE, limits.UPLOAD_BURST)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = Answer(send, scope["path"])
        try:
            await self.pass_on(scope, receive, answer)
        except Unfit as error:
            await refuse(scope, receive, answer, 400, str(error))
        except TooLarge as error:
            await refuse(scope, receive, answer, 413, str(error))
        except Exception as error:
            said = f"{scope['method']} {scope['path']!r}: {type(error).__name__}: {place_of(error)}"
            print(said, file=sys.stderr)
            await (answer.end() if answer.started else refuse(scope, receive, answer, 400, SORRY))

    async def pass_on(self, scope: Scope, receive: Receive, answer: "Answer") -> None:
        headers = dict(scope["headers"])
        path, limit = scope["path"], limits.size_limit(scope["path"])
        if scope["method"] in ("POST", "PUT", "PATCH", "DELETE"):
            address = limits.visitor_address(headers, scope.get("client"))
            if not limits.is_own_origin(headers):
                raise_unfit("this request comes from another page")
            if not self.addresses.take(address):
                return await refuse(scope, receive, answer, 429, limits.TOO_FAST)
            if path.rstrip("/").endswith("/upload") and not self.uploads.take(address):
                return await refuse(scope, receive, answer, 429, limits.TOO_FAST)
            length = headers.get(b"content-length", b"")
            if length.isdigit() and int(length[:20]) > limit:
                raise TooLarge(f"the request is too large; at most {limit:,} bytes")
            if found := CHECKED.search(path):
                body = await whole_body(counted(receive, limit))
                if headers.get(b"content-type", b"").split(b";")[0].strip() not in (b"application/json", b""):
                    raise_unfit("the request is not JSON; expected content-type application/json")
                request = read_json(body)
                blocks = scope["app"].get_blocks()
                if found[1] == "component_server":
                    visit = check_canvas_call(request, blocks)
                    if not self.visits.take(f"{address} {visit}"):
                        return await refuse(scope, receive, answer, 200, limits.TOO_FAST)
                else:
                    uploads = Path(scope["app"].uploaded_file_dir)
                    check_event(path, request, blocks, uploads)
                return await self.app(scope, replay(body, receive), answer)
        return await self.app(scope, counted(receive, limit), answer)


def raise_unfit(reason: str) -> None:
    raise Unfit(reason)


async def refuse(scope: Scope, receive: Receive, answer: "Answer", status: int, reason: str) -> None:
    headers = {"retry-after": "1"} if status == 429 else None
    await JSONResponse({"error": reason}, status, headers)(scope, receive, answer)


def counted(receive: Receive, limit: int) -> Receive:
    """The same messages; TooLarge when more than `limit` bytes have come, Unfit when they come too slowly."""
    seen, complete = 0, False

    async def count() -> Message:
        nonlocal seen, complete
        if complete:  # now it only waits for the visitor to leave
            return await receive()
        try:
            message = await wait_for(receive(), limits.SLOWEST)
        except TimeoutError:
            raise Unfit("the request came too slowly") from None
        seen += len(message.get("body", b""))
        complete = message["type"] != "http.request" or not message.get("more_body", False)
        if seen > limit:
            raise TooLarge(f"the request is too large; at most {limit:,} bytes")
        return message

    return count


async def whole_body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Unfit("the request was cut off")
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def replay(body: bytes, receive: Receive) -> Receive:
    """The body that was read, once more, and then whatever comes."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


class Answer:
    """`send`, with our headers, no 500, and no path of the server in what it says of errors."""

    def __init__(self, send: Send, path: str):
        self.send, self.path, self.started = send, path, False
        self.held: Message | None = None  # the start of an answer whose body is still to be looked at
        self.filtered = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [pair for pair in message["headers"] if pair[0].lower() not in OURS]
            kind = dict(headers).get(b"content-type", b"")
            streamed = kind.startswith(b"text/event-stream")
            status = message["status"]
            self.filtered = streamed or status >= 400 or CHECKED.search(self.path) is not None
            message = {**message, "status": 400 if status == 500 else status}
            message["headers"] = [*headers, *HEADERS] + ([] if NO_DOCUMENT.match(kind) else [POLICY_HEADER])
            if self.filtered and not streamed:
                self.held = message
                return
            self.started = True
        elif message["type"] == "http.response.body" and self.filtered:
            message = {**message, "body": without_paths(message.get("body", b""))}
            if self.held is not None:
                self.started = True
                await self.send(with_length(self.held, message))
                self.held = None
        await self.send(message)

    async def end(self) -> None:
        """End an answer that cannot be gone on with."""
        with contextlib.suppress(Exception):
            await self.send({"type": "http.response.body", "body": b"", "more_body": False})


def with_length(start: Message, body: Message) -> Message:
    """The start of an answer, its length that of a body which is whole; unknown where more comes."""
    headers = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
    if not body.get("more_body", False):
        headers.append((b"content-length", str(len(body["body"])).encode()))
    return {**start, "headers": headers}


# --- Paths -------------------------------------------------------------------------------------------------

SAID = re.compile(
    rb'"(?:error|detail)"\s*:\s*(?!null)|"success"\s*:\s*false|unexpected_error|^event: error', re.MULTILINE
)


@cache
def server_paths() -> re.Pattern[bytes]:
    """Paths below any folder that this program works with, as JSON writes them."""
    folders: list[str | Path] = [
        Path.cwd(),
        Path.home(),
        tempfile.gettempdir(),
        sys.prefix,
        *site.getsitepackages(),
    ]
    folders += [checkpoints.root(), checkpoints.SHIPPED.parent]
    roots = {json.dumps(str(Path(folder).resolve()))[1:-1] for folder in folders}
    listed = sorted((root for root in roots if len(root) > 1), key=len, reverse=True)
    any_root = b"|".join(re.escape(root.encode()) for root in listed)
    return re.compile(rb"(?:" + any_root + rb")[^\s\"'<>:,;)]*")


def without_paths(body: bytes) -> bytes:
    """What is said of an error, with the last part of each path of the server in its place."""
    if not SAID.search(body):
        return body
    return server_paths().sub(lambda found: found[0].rstrip(b"/\\").rpartition(b"/")[2] or b"a file", body)
