"""Hostile requests to a running studio: no 500, no traceback in its log, no path of the server, no gigabytes.

Every field of every function of the canvas, of every event and of every named endpoint gets eleven values of
wrong types; then bodies, headers, files and rates that nobody sends who means well.
"""

import http.client
import json
import socket
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser import ROOT, running_studio, save_tiny_checkpoint
from hostile.pictures import cases, encoded, photo
from PIL import Image

from pix2pix.ui import limits
from pix2pix.ui.drawing import encode_png

pytestmark = pytest.mark.slow  # a studio in a process of its own, and two thousand requests

WRONG = [None, True, -7, 1.5, 1e300, "", "no", "\0", [], {}, json.loads("[" * 9 + "]" * 9)]
DRAWING = encode_png(Image.new("RGB", (64, 64), "white"))
CALLS = {  # what the canvas sends, by function
    "live": {"visit": "v", "number": 1, "task": "facades", "drawing": DRAWING, "seed": 0, "settled": True},
    "example": {"task": "facades", "seen": ["a", "b"]},
    "photo_to_lines": {"photo": DRAWING},
}
API = "/gradio_api"


@dataclass
class Studio:
    """A running studio, and everything that it has answered."""

    address: str
    folder: Path
    config: dict
    answers: list[tuple[int, bytes]] = field(default_factory=list)

    def ask(
        self, method: str, path: str, body: bytes | str | None = None, **headers: str
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.address, timeout=120)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {"content-type": "application/json", **named})
        reply = connection.getresponse()
        self.answers.append((reply.status, reply.read()))
        connection.close()
        return self.answers[-1]

    def post(self, path: str, body: object) -> tuple[int, bytes]:
        return self.ask("POST", API + path, json.dumps(body))

    def upload(self, content: bytes, name: str) -> dict:
        """A file as a program sends it → what stands for it in a request."""
        mark = "frontier"
        head = f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
        status, answer = self.ask(
            "POST", f"{API}/upload", body, content_type=f"multipart/form-data; boundary={mark}"
        )
        self.answers.pop()  # a path that the protocol wants to be told
        assert status == 200, answer
        return {"path": json.loads(answer)[0], "meta": {"_type": "gradio.FileData"}}

    def call(self, endpoint: str, data: list) -> bytes:
        """A named endpoint's whole answer."""
        status, answer = self.post(f"/call/{endpoint}", {"data": data})
        if status != 200:
            return answer
        return self.ask("GET", f"{API}/call/{endpoint}/{json.loads(answer)['event_id']}")[1]

    def use(self, endpoint: str, **given: object) -> bytes:
        """A named endpoint's answer to some arguments, the others as its documentation has them."""
        about = json.loads(self.ask("GET", f"{API}/info")[1])["named_endpoints"][f"/{endpoint}"]
        known = {p["parameter_name"]: p.get("parameter_default") for p in about["parameters"]}
        return self.call(endpoint, list((known | given).values()))

    def component(self, function: str) -> int:
        found = self.config["components"]
        return next(c["id"] for c in found if function in (c["props"].get("server_fns") or []))

    def canvas(self, function: str, data: object, **changes: object) -> tuple[int, bytes]:
        whose = {"session_hash": "s", "component_id": self.component(function), "fn_name": function}
        return self.post("/component_server", {**whose, "data": data, **changes})


@pytest.fixture(scope="module")
def studio(tmp_path_factory) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("hostile")
    for task in ("edges2cats", "facades"):
        save_tiny_checkpoint(folder / "checkpoints", task)
    broken = folder / "checkpoints" / "inpaint"  # a task whose weights cannot be read
    save_tiny_checkpoint(folder / "checkpoints", "inpaint")
    (broken / "generator.safetensors").write_bytes(b"no weights")
    with running_studio(folder, folder / "checkpoints") as url:
        config = json.load(urllib.request.urlopen(url + "config"))
        yield Studio(urlsplit(url).netloc, folder, config)


def is_said(status: int, answer: bytes) -> bool:
    """Whether an answer is a refusal in one line."""
    told = json.loads(answer)
    return isinstance(told.get("error"), str) and "\n" not in told["error"] and status in (200, 400, 422)


# --- Eleven wrong types --------------------------------------------------------------------------------


@pytest.mark.parametrize("function", CALLS)
def test_every_field_of_the_canvas(studio, function):
    for name in [*CALLS[function], "unknown"]:
        for wrong in WRONG:
            status, answer = studio.canvas(function, {**CALLS[function], name: wrong})
            assert status in (200, 400) and isinstance(json.loads(answer), dict), (name, wrong, answer)
    for wrong in WRONG:
        if wrong != {}:
            assert is_said(*studio.canvas(function, wrong))
        for name in ("session_hash", "component_id", "fn_name"):
            if (name, wrong) != ("session_hash", "no") and (name, wrong) != ("session_hash", ""):
                assert is_said(*studio.canvas(function, CALLS[function], **{name: wrong})), (name, wrong)
    status, answer = studio.canvas(function, CALLS[function])
    assert status == 200 and "error" not in json.loads(answer), answer[:200]


def test_other_attributes_of_a_component_are_no_functions(studio):
    for name in ("__init__", "preprocess", "props", "load_event", "live\n", "no"):
        assert is_said(*studio.canvas("live", CALLS["live"], fn_name=name))


def test_every_input_of_every_event(studio):
    """By number, as the page calls them: refused at the door, or carried out without a traceback."""
    tried = 0
    for event in studio.config["dependencies"]:
        count = len(event["inputs"])
        for position in range(count):
            for wrong in WRONG:
                data: list = [None] * count
                data[position] = wrong
                body = {"data": data, "fn_index": event["id"], "session_hash": f"s{event['id']}"}
                status, answer = studio.post("/queue/join", body)
                assert status in (200, 400, 422, 503), answer
                tried += 1
    assert tried > 100
    for name in ("data", "fn_index", "session_hash", "event_data", "trigger_id", "event_id", "batched"):
        for wrong in WRONG:
            body = {"data": [], "fn_index": 0, "session_hash": "s", name: wrong}
            assert studio.post("/queue/join", body)[0] in (200, 400, 422, 503)


def test_every_argument_of_every_endpoint(studio):
    endpoints = json.loads(studio.ask("GET", f"{API}/info")[1])["named_endpoints"]
    assert "/translate" in endpoints
    good = studio.upload(encoded(photo(), "PNG"), "a.png")
    for name, about in endpoints.items():
        known = {p["parameter_name"]: p.get("parameter_default") for p in about["parameters"]}
        names, fine = list(known), list((known | {"image": good}).values())
        for position, argument in enumerate(names):
            for wrong in WRONG:
                data = [*fine[:position], wrong, *fine[position + 1 :]]
                if argument == "image" or not isinstance(wrong, str | None):  # others are carried out
                    answer = studio.call(name.strip("/"), data)
                    assert b"error" in answer or b"complete" in answer, answer
                status, _ = studio.post(f"/run{name}", {"data": data}) if argument == "image" else (200, b"")
                assert status < 500
                assert studio.post(f"/call/v2{name}", {argument: [wrong]})[0] in (400, 422)
        for wrong in WRONG:
            assert studio.post(f"/call{name}", {"data": wrong})[0] in (400, 422)
            assert studio.post(f"/call{name}", wrong)[0] in (400, 422)
    for name in ("no", "", "../x", "%00", "predict", "a" * 3000):
        assert studio.post(f"/call/{name}", {"data": []})[0] in (400, 404, 405, 422)
        assert studio.post(f"/run/{name}", {"data": []})[0] in (400, 404, 405, 422)


# --- Files ---------------------------------------------------------------------------------------------


def test_only_uploaded_files_are_read(studio):
    secret = studio.folder / "checkpoints" / "facades" / "config.json"
    for path in (
        str(secret), "/etc/passwd", str(ROOT / "app.py"), "../../etc/passwd", "http://127.0.0.1:1/a.png",
        "file:///etc/passwd", "\0", "", tempfile.gettempdir(), "/dev/zero", "a" * 5000,
    ):  # fmt: skip
        file = {"path": path, "meta": {"_type": "gradio.FileData"}}
        answer = studio.use("translate", image=file)
        assert b"uploaded" in answer, answer


def test_hostile_pictures_as_uploads(studio):
    """Read or refused like on the command line; the process of the server does not grow with them."""
    words = ("EXIF", "scans", "bomb", "TIFF", "5")
    chosen = [case for case in cases() if any(word in case.name for word in words)]
    before = memory(studio)
    for case in chosen[::4]:
        answer = studio.use("translate", image=studio.upload(case.content, "a.png"))
        assert b"event: complete" in answer or b"the image: " in answer, (case.name, answer[:300])
    large = encoded(Image.new("I;16", (7000, 7000), 40_000), "PNG", compress_level=1)
    answer = studio.use("translate", image=studio.upload(large, "b.png"))
    assert b"event: complete" in answer, answer[:300]
    if sys.platform == "linux":
        assert memory(studio) - before < 300


def memory(studio: Studio) -> float:
    """Peak resident megabytes of the server's process."""
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"PIX2PIX_CHECKPOINTS={studio.folder}".encode() in path.read_bytes():
                command = (path.parent / "cmdline").read_bytes()
                if b"app.py" in command:
                    told = (path.parent / "status").read_text()
                    return int(told.split("VmHWM:")[1].split()[0]) / 1000
        except OSError:
            continue
    return 0.0


def test_no_path_in_what_is_said(studio):
    """A checkpoint that cannot be read is told by its name, not by the server's folders."""
    drawing = studio.upload(encoded(photo(), "PNG"), "a.png")
    for endpoint in ("translate", "sample"):
        answer = studio.use(endpoint, image=drawing, task="inpaint")
        assert b"error" in answer, answer
    studio.canvas("live", {**CALLS["live"], "task": "inpaint"})
    for path in (
        "/file=/etc/passwd",
        "/file=app.py",
        f"/file={studio.folder}",
        "/file/x",
        "/proxy=http://x/",
    ):
        studio.ask("GET", API + path)


# --- Bodies and headers --------------------------------------------------------------------------------


def raw(studio: Studio, request: bytes) -> bytes:
    """What the server answers to bytes on a socket."""
    host, port = studio.address.split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has answered and closed already
        parts = []
        try:
            while part := connection.recv(65536):
                parts.append(part)
        except OSError:
            pass
    return b"".join(parts)


@pytest.mark.parametrize("path", ["/component_server", "/queue/join", "/call/x", "/upload", "/cancel"])
def test_bodies_are_counted_as_they_come(studio, path):
    """Content-Length says 10, chunks say otherwise."""
    size = limits.size_limit(path) + 200_000
    piece = b"x" * 100_000
    chunks = b"186a0\r\n" + piece + b"\r\n"
    head = (
        f"POST {API}{path} HTTP/1.1\r\nHost: {studio.address}\r\nContent-Type: application/json\r\n"
        "Content-Length: 10\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    answer = raw(studio, head.encode() + chunks * (size // 100_000 + 1) + b"0\r\n\r\n")
    assert answer[:12] in (b"HTTP/1.1 413", b"HTTP/1.1 400", b""), answer[:200]
    status, answer = studio.ask("POST", API + path, b"x" * size)
    assert status == 413 and b"too large; at most" in answer


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"3", b"{", b'{"a": NaN}', b'{"a": 1e400}', b"[" * 100_000, b"\xff", b"{}"]
)
def test_bodies_that_are_no_request(studio, body):
    routes = ("/component_server", "/queue/join", "/call/translate", "/run/translate", "/call/v2/translate")
    for path in routes:
        if path.startswith("/call/v2") and body == b"{}":
            continue
        status, answer = studio.ask("POST", API + path, body)
        assert status in (400, 422), (path, answer)
        assert is_said(status, answer), (path, answer)


def test_other_kinds_of_bodies(studio):
    for kind in ("multipart/form-data; boundary=x", "text/plain", "application/x-www-form-urlencoded", "x"):
        body = b'--x\r\nContent-Disposition: form-data; name="data"\r\n\r\n{}\r\n--x--\r\n'
        for path in ("/component_server", "/queue/join", "/cancel", "/reset", "/upload", "/stream/a"):
            assert studio.ask("POST", API + path, body, content_type=kind)[0] < 500
    for method in ("PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "BREW"):
        assert studio.ask(method, f"{API}/queue/join")[0] in (200, 400, 404, 405, 501)
    for path in ("/queue/data", "/upload_progress", "/stream/a/b/c/playlist.m3u8", "/call/x/y", "/%00"):
        assert studio.ask("GET", API + path)[0] < 500, path


def test_other_pages_may_not_ask(studio):
    body = json.dumps({"session_hash": "s"})
    for origin in ("https://evil.example", "null", "http://[", f"https://{studio.address}.evil.example"):
        status, answer = studio.ask("POST", f"{API}/component_server", body, origin=origin)
        assert status == 400 and b"from another page" in answer
    status, answer = studio.ask("POST", f"{API}/component_server", body, origin=f"http://{studio.address}")
    assert b"from another page" not in answer


def test_headers(studio):
    for path in ("/", "/config", f"{API}/info", "/nowhere"):
        connection = http.client.HTTPConnection(studio.address, timeout=60)
        connection.request("GET", path)
        headers = connection.getresponse().headers
        connection.close()
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"
        assert "default-src 'self'" in headers["content-security-policy"]
        assert len(headers.get_all("content-security-policy")) == 1


# --- At the end: what was said, and what stands in the log ----------------------------------------------


def test_nothing_was_said_that_should_not_be(studio):
    """The last test of this file: over all the answers above."""
    time.sleep(1)  # events that were still under way
    assert len(studio.answers) > 500
    assert not [status for status, _ in studio.answers if status == 500]
    paths = [str(ROOT), str(studio.folder), sys.prefix, "site-packages"]
    for status, answer in studio.answers:
        assert not any(path.encode() in answer for path in paths), (status, answer[:500])
        assert b"Traceback" not in answer
    log = (studio.folder / "studio.log").read_text()
    assert "Traceback" not in log, log[log.index("Traceback") :][:3000]
    assert studio.canvas("live", CALLS["live"])[0] == 200  # and it is still there
