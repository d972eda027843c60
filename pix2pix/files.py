"""Text files: written atomically, or one section of a document replaced by what a command printed."""

import os
from pathlib import Path


def write_text(text: str, path: Path) -> None:
    """Write text to a new file, then rename it over the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, path)


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
