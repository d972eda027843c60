"""Files: written to a new one and then renamed, by one process at a time where it matters.

Also one section of a document replaced by what a command printed.
"""

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

FRESH = ".pix2pix-"  # begins the name of a file that is being written
LEFT_BEHIND = 3600  # seconds after which such a file is taken for one of a process that was killed
LOCK = ".lock"


@contextlib.contextmanager
def replacing(path: Path, sync: bool = False) -> Iterator[Path]:
    """The path of a new file next to `path`, which it replaces when the block ends without an error.

    Its name is nobody else's and no longer than any file system allows; it ends like `path`. After an error,
    a full disk too, it is removed, and what was at `path` is still there. sync: on the disk before it counts.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    suffix = path.suffix if len(path.suffix) < 20 else ""
    fresh = path.with_name(f"{FRESH}{os.getpid()}-{secrets.token_hex(4)}{suffix}")
    try:
        yield fresh
        if sync:
            with open(fresh, "rb+") as file:
                os.fsync(file.fileno())
        os.replace(fresh, path)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


def remove_left_behind(folder: Path) -> None:
    """Remove what processes that were killed left in a folder while they wrote."""
    with contextlib.suppress(OSError):
        for path in folder.glob(f"{FRESH}*"):
            if time.time() - path.stat().st_mtime > LEFT_BEHIND:
                path.unlink(missing_ok=True)


@contextlib.contextmanager
def only_here(folder: Path) -> Iterator[None]:
    """Keep other processes out of a folder. ValueError in one line where another one is in it.

    The lock goes with the process, however it ends. Where the system has no such locks, all come in.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LOCK
    while True:
        file = open(path, "a")  # noqa: SIM115
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise ValueError(
                f"{folder}: another process is writing there; wait for it, or name another folder"
            ) from None
        except OSError:  # some network file systems
            break
        with contextlib.suppress(FileNotFoundError):
            if os.fstat(file.fileno()).st_ino == path.stat().st_ino:  # the one before removed its file
                break
        file.close()
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
            if is_new:
                folder.rmdir()  # where nothing came of it
        file.close()


def write_text(text: str, path: Path) -> None:
    """Write text to a new file, then rename it over the old one."""
    with replacing(path, sync=True) as fresh:
        fresh.write_text(text, encoding="utf-8")


def section_marks(name: str) -> tuple[str, str]:
    """The two lines between which the text called `name` stands."""
    return f"<!-- {name}: written by a command, not by hand -->", f"<!-- end of {name} -->"


def replace_section(path: Path, name: str, text: str) -> None:
    """Replace what stands between the marks of `name`. ValueError where the document has none."""
    first, last = section_marks(name)
    document = path.read_text(encoding="utf-8")
    if first not in document or last not in document:
        raise ValueError(f"{path}: has no place for {name}; put these two lines into it: {first} and {last}")
    before, rest = document.split(first, 1)
    after = rest.split(last, 1)[1]
    write_text(f"{before}{first}\n\n{text.strip()}\n\n{last}{after}", path)
