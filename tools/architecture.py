"""docs/architecture.svg from the import table: `python -m tools.architecture` (make architecture).

A box for each module or sub-package of pix2pix, in rows from the ground up: a box imports only from rows
below it. Arrows are the imports that the files really have, without those that another arrow implies.
"""

import ast
import html
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "pix2pix"
WIDTH, BOX, GAP, ROW = 1180, 132, 12, 92  # pixels
LEFT_OUT = {"__init__", "__main__"}


def rooms() -> dict[str, list[Path]]:
    """Module or sub-package → its files."""
    found: dict[str, list[Path]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if name not in LEFT_OUT:
            found.setdefault(name, []).append(path)
    return found


def imports(found: dict[str, list[Path]]) -> dict[str, set[str]]:
    """Room → the rooms that its files import, wherever in a file."""
    table: dict[str, set[str]] = {}
    for name, files in found.items():
        used: set[str] = set()
        for path in files:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    used |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    used |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        parts = (full.split(".") for full in used if full.startswith("pix2pix."))
        table[name] = ({part[1] for part in parts} & found.keys()) - {name}
    return table


def levels(table: dict[str, set[str]]) -> dict[str, int]:
    """Row of each room: one above the highest that it imports. ValueError where imports form a circle."""
    rows: dict[str, int] = {}
    while len(rows) < len(table):
        ready = [name for name in table if name not in rows and table[name] <= rows.keys()]
        if not ready:
            raise ValueError(f"imports form a circle among {sorted(table.keys() - rows.keys())}")
        for name in ready:
            rows[name] = max((rows[other] + 1 for other in table[name]), default=0)
    return rows


def direct(table: dict[str, set[str]]) -> dict[str, set[str]]:
    """The imports that are not implied by others: a → c goes where a → b → c is there."""

    def below(name: str) -> set[str]:
        return set().union(*(({other} | below(other)) for other in table[name]))

    return {
        name: used - set().union(set(), *(below(other) for other in used)) for name, used in table.items()
    }


def picture(table: dict[str, set[str]]) -> str:
    """The SVG's text; the same import table gives the same bytes."""
    rows = levels(table)
    height = (max(rows.values()) + 1) * ROW + 20
    place: dict[str, tuple[float, float]] = {}
    for row in range(max(rows.values()) + 1):
        names = sorted(name for name, at in rows.items() if at == row)
        left = (WIDTH - len(names) * (BOX + GAP) + GAP) / 2
        for index, name in enumerate(names):
            place[name] = left + index * (BOX + GAP), height - 10 - (row + 1) * ROW + 36
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        '<g fill="none" stroke="#8a8f98" stroke-width="1.3">',
    ]
    for name, used in sorted(direct(table).items()):
        x, y = place[name]
        for other in sorted(used):
            to_x, to_y = place[other]
            start, end = (x + BOX / 2, y + 46), (to_x + BOX / 2, to_y)
            middle = (start[1] + end[1]) / 2
            lines.append(
                f'<path d="M{start[0]:g} {start[1]:g} C{start[0]:g} {middle:g} {end[0]:g} {middle:g} '
                f'{end[0]:g} {end[1]:g}"/>'
            )
    lines.append("</g>")
    for name, (x, y) in sorted(place.items()):
        package = (PACKAGE / name).is_dir()
        fill, ending = ("#e8eefc", "/") if package else ("#f4f4f2", ".py")
        lines += [
            f'<rect x="{x:g}" y="{y:g}" width="{BOX}" height="46" rx="6" fill="{fill}" stroke="#5b6470"/>',
            f'<text x="{x + BOX / 2:g}" y="{y + 28:g}" font-size="14" text-anchor="middle" fill="#14181f">'
            f"{html.escape(name)}{ending}</text>",
        ]
    return "\n".join([*lines, "</svg>", ""])


def main() -> None:
    path = ROOT / "docs" / "architecture.svg"
    path.write_text(picture(imports(rooms())), encoding="utf-8")
    print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
