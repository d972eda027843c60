"""Decode uploads in a process of their own, which is killed when one takes too long.

One process serves all visitors, one file after the other: decoders never run in the server's process, its
memory does not grow with what they held, and no file costs more than a bounded time. Small PNGs, which the
canvas sends, are decoded at once: they cannot take long. Knows nothing about gradio.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any, BinaryIO

from PIL import Image

from pix2pix.decoding.containers import UPLOAD_FORMATS
from pix2pix.decoding.load import load_image

MOST = 4_000_000  # pixels; the networks see 65,536, so a larger picture is reduced while it is decoded
SECONDS = 10  # of a processor, for one file
PATIENCE = 60  # seconds by the clock, on a machine that is busy with other things
WAITING = 30  # seconds that a file may wait for others
MEMORY = 2 << 30  # bytes of address space
SMALL_PIXELS, SMALL_BYTES = 1_200_000, 3_000_000  # of a PNG that is decoded at once


def load_upload(source: str | Path | bytes, most: int | None = MOST) -> Image.Image:
    """A visitor's file, or its bytes → RGB or RGBA of at most so many pixels; None for as many as it has.

    Raises ValueError in one line, which does not name the server's path of the file.
    """
    try:
        if is_small_png(source):
            return load_image(source, ("PNG",))
        return decoder.load(source, most=most)
    except ValueError as error:
        raise ValueError(str(error).replace(str(source), "the image")) from None


def is_small_png(source: str | Path | bytes) -> bool:
    """By its header alone."""
    try:
        if isinstance(source, bytes):
            head, size = source[:24], len(source)
        else:
            with open(source, "rb") as file:
                head, size = file.read(24), os.fstat(file.fileno()).st_size
    except OSError:
        return False
    if head[:8] != b"\x89PNG\r\n\x1a\n" or size > SMALL_BYTES:
        return False
    return int.from_bytes(head[16:20], "big") * int.from_bytes(head[20:24], "big") <= SMALL_PIXELS


class Decoder:
    """The process, started when it is first needed, and after it was killed. Safe to use from any thread."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.turn = threading.Lock()

    def load(
        self,
        source: str | Path | bytes,
        formats: tuple[str, ...] = UPLOAD_FORMATS,
        most: int | None = MOST,
        seconds: float = SECONDS,
    ) -> Image.Image:
        """Like `load_image`; ValueError too where it takes more than `seconds` of a processor."""
        name = "the image" if isinstance(source, bytes) else str(source)
        if not self.turn.acquire(timeout=WAITING):
            raise ValueError(f"{name}: many pictures are being read right now; please try again in a moment")
        try:
            return self._ask(source, formats, most, seconds)
        except (OSError, EOFError):
            self.close()
            raise ValueError(
                f"{name}: too complex: it could not be decoded within {seconds:g} seconds; open it in a "
                "program for photos and save it again"
            ) from None
        finally:
            self.turn.release()

    def _ask(
        self, source: str | Path | bytes, formats: tuple[str, ...], most: int | None, seconds: float
    ) -> Image.Image:
        process = self.process = self.process if self.process and self.process.poll() is None else start()
        content = source if isinstance(source, bytes) else b""
        to_process, from_process = pipes(process)
        request: dict[str, object] = {"formats": formats, "most": most, "seconds": seconds}
        request["size"] = len(content)
        if not isinstance(source, bytes):
            request["path"] = str(Path(source).absolute())
        timer = threading.Timer(PATIENCE, process.kill)
        timer.start()
        try:
            to_process.write(json.dumps(request).encode() + b"\n" + content)
            to_process.flush()
            line = from_process.readline()
            if not line:
                raise EOFError
            answer = json.loads(line)
            if "error" in answer:
                raise ValueError(answer["error"])
            pixels = from_process.read(answer["bytes"])
            if len(pixels) < answer["bytes"]:
                raise EOFError
            return Image.frombytes(answer["mode"], tuple(answer["image_size"]), pixels)
        finally:
            timer.cancel()

    def close(self) -> None:
        """End the process; the next file starts another."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for stream in pipes(self.process):
                with contextlib.suppress(OSError):
                    stream.close()
            self.process = None


decoder = Decoder()


def pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """What the process reads, and what it writes."""
    assert process.stdin is not None and process.stdout is not None, "start() makes both"
    return process.stdin, process.stdout


def start() -> subprocess.Popen[bytes]:
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-m", "pix2pix.decoding.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # libtiff and others write what they think there
        env={**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    )


# --- In the process ------------------------------------------------------------------------------------


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the server's end of the pipe is closed."""
    while line := requests.readline():
        request = json.loads(line)
        content = requests.read(request["size"])
        limit_time(request["seconds"])
        try:
            image = load_image(request.get("path", content), tuple(request["formats"]), request["most"])
        except ValueError as error:
            answer: dict[str, Any] = {"error": str(error)}
            pixels = b""
        else:
            pixels = image.tobytes()
            answer = {"mode": image.mode, "image_size": image.size, "bytes": len(pixels)}
        answers.write(json.dumps(answer).encode() + b"\n" + pixels)
        answers.flush()


def limit_time(seconds: float) -> None:
    """The system ends this process when it has used so many more seconds of a processor."""
    try:
        import resource
    except ImportError:  # Windows: the server's patience is the only limit
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def limit_memory() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, whose end is ours
    limit_memory()
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        serve(sys.stdin.buffer, sys.stdout.buffer)
