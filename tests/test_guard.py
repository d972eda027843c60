"""The middleware alone, in front of small applications: rates, origins, slow bodies, errors and paths."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gradio as gr
import pytest

from pix2pix.ui import limits
from pix2pix.ui.door import SORRY, Unfit, check_file, check_value, polite
from pix2pix.ui.guard import Guard, without_paths

HOST = (b"host", b"studio.example")


async def hello(scope, receive, send):
    """Reads the whole body, then says hello."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"hello"})


def ask(
    app, path="/gradio_api/cancel", headers=(HOST,), body=(b"",), method="POST", client="1.2.3.4", pause=0.0
):
    """(status, headers, body) of one request; the body comes in pieces, with a pause before each."""
    pieces, answers = list(body), []

    async def receive():
        await asyncio.sleep(pause)
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message):
        answers.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": list(headers), "client": (client, 1)}
    with ThreadPoolExecutor(1) as thread:  # the browser tests keep an event loop running in this one
        thread.submit(asyncio.run, app(scope, receive, send)).result()
    content = b"".join(message.get("body", b"") for message in answers[1:])
    return answers[0]["status"], dict(answers[0]["headers"]), content


def test_a_bucket_fills_again():
    bucket = limits.Buckets(rate=2, burst=3, many=2)
    assert [bucket.take("a", 0.0) for _ in range(5)] == [True, True, True, False, False]
    assert [bucket.take("a", 1.0) for _ in range(3)] == [True, True, False]
    assert bucket.take("b", 1.0) and bucket.take("c", 1.0)
    assert bucket.take("a", 1.0)  # so many others came that it was forgotten


def test_a_flood_is_told_to_wait_and_others_are_not():
    guard = Guard(hello)
    guard.addresses = limits.Buckets(rate=0, burst=3)
    assert [ask(guard)[0] for _ in range(5)] == [200, 200, 200, 429, 429]
    _, headers, body = ask(guard)
    assert json.loads(body) == {"error": limits.TOO_FAST} and headers[b"retry-after"] == b"1"
    assert ask(guard, client="5.6.7.8")[0] == 200
    assert ask(guard, method="GET")[0] == 200


def test_uploads_have_a_rate_of_their_own():
    guard = Guard(hello)
    guard.uploads = limits.Buckets(rate=0, burst=1)
    assert [ask(guard, "/gradio_api/upload")[0] for _ in range(2)] == [200, 429]


def test_a_proxy_is_believed_only_where_the_host_says_so(monkeypatch):
    headers = {b"x-forwarded-for": b"9.9.9.9, 8.8.8.8"}
    monkeypatch.delenv("SPACE_ID", raising=False)
    assert limits.visitor_address(headers, ("1.2.3.4", 1)) == "1.2.3.4"
    monkeypatch.setenv("PIX2PIX_PROXY", "1")
    assert limits.visitor_address(headers, ("1.2.3.4", 1)) == "8.8.8.8"
    assert limits.visitor_address({}, None) == ""


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        (None, True),
        (b"https://studio.example", True),
        (b"https://front.example", True),
        (b"https://other.example", True),
        (b"https://evil.example", False),
        (b"null", False),
        (b"https://studio.example.evil", False),
        (b"http://[", False),
    ],
)
def test_origins(origin, own, monkeypatch):
    monkeypatch.setenv("PIX2PIX_ORIGINS", "https://a.example,https://other.example")
    headers = {b"host": b"studio.example", b"x-forwarded-host": b"front.example"}
    assert limits.is_own_origin(headers | ({b"origin": origin} if origin else {})) is own


@pytest.mark.parametrize("length", [b"10", b"", b"-1", b"x", b"99999999999999999999999999"])
def test_bodies_are_counted_whatever_the_header_says(length):
    headers = [HOST, *([(b"content-length", length)] if length else [])]
    status, _, body = ask(Guard(hello), headers=headers, body=[b"x" * 60_000] * 3)
    assert status == 413 and b"at most 100,000 bytes" in body


def test_a_body_that_comes_too_slowly(monkeypatch):
    monkeypatch.setattr(limits, "SLOWEST", 0.01)
    status, _, body = ask(Guard(hello), body=[b"x", b"y"], pause=1)
    assert status == 400 and b"too slowly" in body


def test_an_exception_is_one_line_and_no_500(capsys):
    async def breaks(scope, receive, send):
        raise KeyError("secret")

    status, headers, body = ask(Guard(breaks))
    assert status == 400 and json.loads(body) == {"error": SORRY}
    assert b"content-security-policy" in headers
    said = capsys.readouterr().err
    assert "KeyError: test_guard.py:" in said and "secret" not in said and said.count("\n") == 1


def test_an_exception_behind_the_start_ends_the_answer(capsys):
    async def breaks(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise RuntimeError

    assert ask(Guard(breaks), method="GET")[2] == b"half"
    assert "RuntimeError" in capsys.readouterr().err


def test_a_server_error_has_no_path_and_the_right_length():
    async def fails(scope, receive, send):
        content = json.dumps(
            {"error": f"Cannot move {Path.cwd()}/pix2pix/x.py to {Path.home()}/y: no"}
        ).encode()
        head = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": 500, "headers": head})
        await send({"type": "http.response.body", "body": content})

    status, headers, body = ask(Guard(fails), "/gradio_api/run/translate", method="GET")
    assert (status, json.loads(body)) == (400, {"error": "Cannot move x.py to y: no"})
    assert int(headers[b"content-length"]) == len(body)


def test_what_is_no_error_keeps_its_paths():
    """An upload is answered with the path by which the program names the file later."""
    told = json.dumps([f"{Path.cwd()}/a.png"]).encode()
    assert without_paths(told) == told


def test_values_are_bounded():
    for value in ([0] * 3000, {"a" * 100: 1}, 1e300, -1e13, "x" * 4_000_000, json.loads("[" * 9 + "]" * 9)):
        with pytest.raises(Unfit):
            check_value(value)
    check_value({"task": "facades", "seen": ["a"] * 100, "exact": True, "seed": 3, "none": None})


def test_files_are_uploads(tmp_path):
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads" / "a.png").touch()
    (tmp_path / "uploads" / "link.png").symlink_to(tmp_path / "secret")
    (tmp_path / "secret").touch()
    check_file({"path": str(tmp_path / "uploads" / "a.png")}, "image", tmp_path / "uploads")
    for path in ("secret", "uploads/../secret", "uploads/link.png", "uploads", "uploads/none.png"):
        with pytest.raises(Unfit, match="not among the uploaded files"):
            check_file({"path": str(tmp_path / path)}, "image", tmp_path / "uploads")


def test_handlers_are_polite(capsys):
    def handler(error):
        raise error

    for error, said in ((ValueError("no such task"), "no such task"), (KeyError("x"), SORRY)):
        with pytest.raises(gr.Error) as raised:
            polite(handler)(error)
        assert raised.value.message == said and not raised.value.print_exception
    assert capsys.readouterr().err.count("\n") == 1
