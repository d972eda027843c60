"""All figures of docs/tables.md: python -m pix2pix.evaluation.tables --data DIR.

Three parts, each measured into a JSON file of its own and rendered from it: the paper's tables on façades and
on Cityscapes, and every task's figures. Trains nothing: what was not trained is a dash. Figures of runs that
are not on this machine any more are kept. Tasks are measured one at a time; a task whose weights and options
were measured before is left alone, so a run that was cut off is resumed by the same command.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pix2pix import checkpoints
from pix2pix.evaluation import command, paper_tables, report
from pix2pix.evaluation.evaluate import Options, evaluate
from pix2pix.evaluation.held_out import HeldOut
from pix2pix.evaluation.paper_tables import CITYSCAPES, FACADES
from pix2pix.files import replace_section, write_text
from pix2pix.tasks import TASKS

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
PARTS = {"facades": "tables.json", "cityscapes": "tables/cityscapes.json", "tasks": "tables/tasks.json"}


def find_folders(part: str, runs: Path | None = None, tasks: Sequence[str] = ()) -> list[Path]:
    """The checkpoints of a part that exist: shipped, or else a run below `runs`.

    tasks: of the part "tasks" only these.
    """
    data_sets = {"facades": FACADES, "cityscapes": CITYSCAPES}
    names = data_sets[part].checkpoints() if part in data_sets else list(tasks or TASKS)
    found = []
    for name in names:
        places = [checkpoints.root() / name, *([runs / name] if runs else [])]
        found += [place.resolve() for place in places if checkpoints.is_checkpoint(place)][:1]
    return found


def with_pairs(folders: list[Path], data: str, split: str) -> tuple[list[Path], list[str]]:
    """(those whose held-out pairs are below `data`, one line for each of the others)."""
    usable, notes = [], []
    for folder in folders:
        try:
            HeldOut.check(checkpoints.load_settings(folder), data, split)
        except ValueError as error:
            notes.append(str(error))
        else:
            usable.append(folder)
    return usable, notes


def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Figures measured before and now; what was measured again is replaced."""
    gaps = {name: dict(others) for name, others in old.get("gaps", {}).items()}
    for name in new["checkpoints"]:  # gaps to an earlier measurement of the same run are void
        gaps.pop(name, None)
        for others in gaps.values():
            others.pop(name, None)
    for name, others in new["gaps"].items():
        gaps[name] = gaps.get(name, {}) | others
    return {
        "sets": old.get("sets", {}) | new["sets"],
        "checkpoints": old.get("checkpoints", {}) | new["checkpoints"],
        "gaps": {name: others for name, others in gaps.items() if others},
    }


def read(path: Path) -> dict[str, Any]:
    """Figures on disk; nothing where there are none, or they are of an older form."""
    if not path.is_file():
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))
    return found if "sets" in found else {}


EVERY_TASK = """## Every task

The shipped weights on held-out pairs. L1 of images in [-1, 1], PSNR in dB, Lab overlap: histogram \
intersection with the real images, diversity: standard deviation over seeds in levels of 255, feature \
distance: SqueezeNet's, as in the perceptual loss.

{pictures}

### Lattice

How much of a regular pattern lies over the images: power at multiples of 1/2, 1/4 and 1/8 cycles a pixel \
over that of the frequencies around (1 is none), and the root mean square of what stands out, in levels \
of 255 (under 0.1 nothing shows). Off the axes it is a weave or dots; on the axes it is stripes along rows \
or columns, which photos of buildings have, too.

{lattice}"""


def write(docs: Path = DOCS) -> None:
    """docs/tables.md and docs/plots/*.png from the figures on disk."""
    parts = {part: found for part, file in PARTS.items() if (found := read(docs / file))}
    sections = ["# Figures", "Written by `make tables`; the figures are in the JSON files next to it."]
    for data_set in (FACADES, CITYSCAPES):
        if data_set.name in parts:
            sections.append(paper_tables.section(parts[data_set.name], data_set))
            paper_tables.draw(parts[data_set.name], data_set, docs / "plots")
    if "tasks" in parts:
        ordered = in_the_pages_order(parts["tasks"])
        rows = {"pictures": report.picture_rows(ordered), "lattice": report.lattice_rows(ordered)}
        sections.append(EVERY_TASK.format(**{name: report.markdown(each) for name, each in rows.items()}))
    write_text("\n\n".join(sections) + "\n", docs / "tables.md")
    if docs == DOCS and parts:
        if "facades" in parts:
            replace_section(docs.parent / "README.md", "tables", paper_tables.summary(parts["facades"]))
        every = {name: one for part in reversed(parts.values()) for name, one in part["checkpoints"].items()}
        write_scores({"checkpoints": every})


def in_the_pages_order(result: dict[str, Any]) -> dict[str, Any]:
    """Tasks as the page shows them, in whatever order they were measured; other checkpoints last."""
    places = {name: place for place, name in enumerate(TASKS)}
    by_place = sorted(result["checkpoints"].items(), key=lambda entry: places.get(entry[0], len(places)))
    return result | {"checkpoints": dict(by_place)}


def write_scores(result: dict[str, Any], path: Path = checkpoints.SHIPPED / "scores.json") -> None:
    """The FCN-scores by checkpoint, next to the weights: what the page shows of them.

    Scores of checkpoints that `result` does not score are kept.
    """
    old = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    entries = {name: [one[key] for key in report.MEASURES] for name, one in result["checkpoints"].items()}
    scores = old | {name: entry for name, entry in entries.items() if None not in entry}
    write_text(json.dumps(scores, indent=1) + "\n", path)


def measure(
    part: str, data: str, runs: Path | None, options: Options, docs: Path, tasks: Sequence[str] = ()
) -> Iterator[str]:
    """Measure a part into its JSON. Yields one line for each thing that could not be measured, or was done.

    The runs of a table are measured together, since they are compared picture by picture; tasks one by one,
    each written before the next is begun.
    """
    folders, notes = with_pairs(find_folders(part, runs, tasks), data, options.split)
    yield from notes
    if not folders:
        yield f"{part}: no checkpoint with held-out pairs in {data}"
        return
    path, told = docs / PARTS[part], set()
    for group in [[folder] for folder in folders] if part == "tasks" else [folders]:
        marks = {folder.name: measured_as(folder, options) for folder in group}
        old = read(path)
        if part == "tasks" and all(old_mark(old, name) == mark for name, mark in marks.items()):
            yield f"{group[0].name}: measured before with these weights and options"
            continue
        result = evaluate(group, data, options)
        for name, mark in marks.items():
            result["checkpoints"][name]["measured_as"] = mark
        write_text(json.dumps(merged(old, result), indent=2, ensure_ascii=False) + "\n", path)
        yield from [note for note in result["notes"] if note not in told]
        told.update(result["notes"])


def measured_as(folder: Path, options: Options) -> dict[str, Any]:
    """What figures depend on: the weights, by a hash, and the options."""
    chosen = {name: getattr(options, name) for name in ("split", "count", "samples", "color", "precision")}
    return {"weights": checkpoints.fingerprint(folder), **chosen, "features": options.distance is not None}


def old_mark(figures: dict[str, Any], name: str) -> dict[str, Any] | None:
    """`measured_as` of a checkpoint's figures on disk; None where there are none."""
    return figures.get("checkpoints", {}).get(name, {}).get("measured_as")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m pix2pix.evaluation.tables", description=__doc__)
    parser.add_argument("--data", help="folder that holds the sets; without it, figures on disk are rendered")
    parser.add_argument("--part", nargs="+", choices=PARTS, default=list(PARTS), help="what to measure")
    parser.add_argument(
        "--task",
        nargs="+",
        choices=TASKS,
        metavar="NAME",
        help="measure only these tasks, and no table of the paper's",
    )
    parser.add_argument("--runs", type=Path, help="also use runs/NAME where no checkpoint NAME is shipped")
    parser.add_argument("--docs", type=Path, default=DOCS, help="folder to write to")
    command.add_options(parser)
    given = parser.parse_args(arguments)
    try:
        if given.data:
            options = command.read_options(given)
            for part in ["tasks"] if given.task else given.part:
                for note in measure(part, given.data, given.runs, options, given.docs, given.task or ()):
                    print(note, flush=True)
        write(given.docs)
        for part, file in PARTS.items():
            if (given.docs / file).is_file() and not read(given.docs / file):
                print(f"{given.docs / file}: of an older form and left out; measure it with --part {part}")
    except (ValueError, OSError) as error:
        print(f"tables: {error}", file=sys.stderr)
        return 2
    print(f"wrote {given.docs / 'tables.md'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
