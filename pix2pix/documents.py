"""Puts what a command printed into a document, between two marks, so that no figure is typed in by hand."""

from pathlib import Path

from pix2pix.checkpoints import write_text


def marks(name: str) -> tuple[str, str]:
    """The two lines between which the text called `name` stands."""
    return f"<!-- {name}: written by a command, not by hand -->", f"<!-- end of {name} -->"


def put(path: Path, name: str, text: str) -> None:
    """Replace what stands between the marks of `name`. ValueError where the document has none."""
    first, last = marks(name)
    document = path.read_text(encoding="utf-8")
    if first not in document or last not in document:
        raise ValueError(f"{path}: has no place for {name}; put these two lines into it: {first} and {last}")
    before, rest = document.split(first, 1)
    after = rest.split(last, 1)[1]
    write_text(f"{before}{first}\n\n{text.strip()}\n\n{last}{after}", path)
