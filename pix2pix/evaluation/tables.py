"""The paper's tables on façades: python -m pix2pix.evaluation.tables --data DIR writes docs/tables.md.

Trains nothing: it scores the façade checkpoints that exist and leaves a dash for those that do not.
"""

import argparse
import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

from pix2pix import checkpoints
from pix2pix.evaluation.evaluate import evaluate
from pix2pix.evaluation.paper import BASE, GENERATORS, HISTOGRAMS, OBJECTIVES, PATCHES, REAL, TO_LABELS, Row
from pix2pix.evaluation.segmenter import load_segmenter
from pix2pix.files import replace_section, write_text

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
MEASURES = ("pixel_accuracy", "class_accuracy", "class_iou")
HEADINGS = ("pixel acc.", "class acc.", "class IoU")
DASH = "–"

TABLES = (*OBJECTIVES, *GENERATORS, *PATCHES, *HISTOGRAMS, *TO_LABELS)

CAVEAT = (
    "The paper's figures are its own, on Cityscapes (500 street scenes, FCN-8s as scorer); ours are on CMP "
    "façades (12 classes, a small U-Net as scorer). Compare orders and gaps within a column group, not "
    "figures across. A dash means that this checkpoint was not trained, or that no scorer was."
)


def find_folders(runs: Path | None = None) -> dict[str, Path]:
    """Name → folder of each checkpoint of the tables that exists: shipped, or else a run below `runs`."""
    found: dict[str, Path] = {}
    for name in dict.fromkeys(row.checkpoint for row in TABLES if row.checkpoint != REAL):
        places = [checkpoints.root() / name] + ([runs / name] if runs else [])
        for folder in places:
            if (folder / "generator.safetensors").is_file():
                found.setdefault(name, folder)
    return found


def fcn_figures(result: dict[str, Any], name: str) -> list[float | None]:
    """pixel accuracy, class accuracy and class IoU of a row; None where there is no such checkpoint."""
    figures = result["real"] if name == REAL else result["checkpoints"].get(name, {})
    return [figures.get(measure) for measure in MEASURES]


def histogram_figures(result: dict[str, Any], name: str) -> list[float | None]:
    histogram = result["checkpoints"].get(name, {}).get("histogram", {})
    return [histogram.get(channel) for channel in ("L", "a", "b")]


def number(value: float | None, digits: int = 2) -> str:
    return DASH if value is None else f"{value:.{digits}f}"


def table(title: str, rows: tuple[Row, ...], headings: tuple[str, ...], figures, result: dict) -> str:
    """A Markdown table: ours, then the paper's. figures: (result, name) → the row's values."""
    ours, theirs = (" | ".join(f"{h}, {who}" for h in headings) for who in ("ours", "paper"))
    lines = [f"## {title}", "", f"| | {ours} | {theirs} |", "|---" * (1 + 2 * len(headings)) + "|"]
    for row in rows:
        values = [number(v) for v in figures(result, row.checkpoint)]
        values += [number(v) for v in row.figures]
        lines.append(f"| {row.label} | {' | '.join(values)} |")
    return "\n".join(lines)


def orders(result: dict[str, Any], pixels: int) -> str:
    """Which orders of the paper hold here. pixels: side at which the scorer sees photos."""
    sentences = []
    scored = result["checkpoints"]
    if {BASE, "facades-l1"} <= set(scored):
        gaps = [scored[BASE][measure] - scored["facades-l1"][measure] for measure in MEASURES]
        ahead = [heading for heading, gap in zip(HEADINGS, gaps, strict=True) if gap > 0]
        told = gap_with_interval(result, BASE, "facades-l1")
        sentences.append(
            f"L1 + cGAN against L1 alone: {told}; ahead in {len(ahead)} of 3 ({', '.join(ahead) or 'none'}), "
            f"in the paper in all, and by far more. The scorer sees photos at {pixels} pixels a side (at 128 "
            "it hardly told the two apart: there blur does not show). A façade's label map says where "
            "everything stands, so a blurred window is still read as a window; the paper's street scenes "
            "lose what is small and far when they are blurred. What L1 loses here is colour: see the "
            "histograms."
        )
    there = [row for row in PATCHES if row.checkpoint in scored]
    if len(there) == len(PATCHES):
        by_score = sorted(there, key=lambda row: scored[row.checkpoint]["class_iou"], reverse=True)
        papers = sorted(there, key=lambda row: (row.figures[2], row.figures[0]), reverse=True)
        sentences.append(
            f"Patch sizes from best to worst IoU: {', '.join(row.label for row in by_score)}; in the paper "
            f"{', '.join(row.label for row in papers)}. From each to the next, in the three measures:"
        )
        for one, other in pairwise(by_score):
            gap = gap_with_interval(result, one.checkpoint, other.checkpoint)
            sentences.append(f"- {one.label} over {other.label}: {gap}")
        sentences.append(
            "In brackets the 95 % bootstrap interval over the pictures: where it holds 0, other pictures "
            "might have turned the order round. One seed each: what another would give is not known."
        )
    return "\n\n".join(sentences)


def gap_with_interval(result: dict[str, Any], one: str, other: str) -> str:
    """How far one is ahead of the other in each measure, with the interval: "+0.012 (+0.004 … +0.020), …"."""
    gaps, sign = result.get("gaps", {}), 1
    found = gaps.get(one, {}).get(other)
    if found is None:
        found, sign = gaps.get(other, {}).get(one, {}), -1
    told = []
    for measure in MEASURES:
        gap = result["checkpoints"][one][measure] - result["checkpoints"][other][measure]
        low, high = sorted(sign * edge for edge in found[measure]) if measure in found else (None, None)
        told.append(f"{gap:+.3f}" + (f" ({low:+.3f} … {high:+.3f})" if low is not None else ""))
    return ", ".join(told)


def details(result: dict[str, Any], steps: dict[str, int]) -> str:
    """Every checkpoint's remaining figures, and how long it was trained."""
    lines = [
        "## Picture against picture",
        "",
        "L1 of pictures in [-1, 1] · PSNR in dB · SSIM · σ over 8 dropout samples, in levels of 255.",
        "",
        "| checkpoint | steps | L1 | PSNR | SSIM | diversity σ |",
        "|---|---|---|---|---|---|",
    ]
    for name, figures in result["checkpoints"].items():
        values = [number(figures["l1"], 3), number(figures["psnr"]), number(figures["ssim"], 3)]
        lines.append(
            f"| {name} | {steps.get(name, 0):,} | {' | '.join(values)} | {number(figures['diversity'])} |"
        )
    return "\n".join(lines)


def document(result: dict[str, Any], steps: dict[str, int]) -> str:
    """docs/tables.md from the result of `evaluate`. steps: name → steps trained."""
    pixels = load_segmenter().settings.get("side", 256)
    real = result["real"]
    floor = " · ".join(number(real["colours_alone"][measure]) for measure in MEASURES)
    ceiling = " · ".join(number(real[measure]) for measure in MEASURES)
    return (
        "\n\n".join(
            [
                "# The paper's tables, on façades",
                f"Written by `make tables` from {real['pictures']} validation pictures. {CAVEAT}",
                "Pixel accuracy · class accuracy · class IoU.",
                f"The scorer reads real photos at {ceiling}; guessing a class from colour alone reaches "
                f"{floor}, the floor. A made picture can score above the real photos: it was painted from "
                "the labels and shows them more plainly than a photo of the same house does.",
                table("Objectives (labels→photo)", OBJECTIVES, HEADINGS, fcn_figures, result),
                "![FCN-score by objective](plots/objectives.png)",
                table("Generators (labels→photo)", GENERATORS, HEADINGS, fcn_figures, result),
                "![FCN-score by generator](plots/generators.png)",
                table("Patch sizes of the discriminator (L1+cGAN)", PATCHES, HEADINGS, fcn_figures, result),
                "![FCN-score by patch size](plots/patches.png)",
                table(
                    "Colour: Lab histogram intersection with the real photos",
                    HISTOGRAMS,
                    ("L", "a", "b"),
                    histogram_figures,
                    result,
                ),
                "![Histogram intersection](plots/histograms.png)",
                table("Photo→labels", TO_LABELS, HEADINGS, fcn_figures, result),
                "## Which orders hold",
                orders(result, pixels),
                details(result, steps),
            ]
        )
        + "\n"
    )


def plot(
    rows: tuple[Row, ...], headings: tuple[str, ...], figures, result: dict, title: str, path: Path
) -> None:
    """Bars of a table, ours above the paper's; a missing figure is a gap."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(9, 3.2), sharey=True, layout="constrained")
    sides = (
        ("ours, façades", [figures(result, row.checkpoint) for row in rows]),
        ("the paper", [row.figures for row in rows]),
    )
    for axis, (name, values) in zip(axes, sides, strict=True):
        for offset, heading in enumerate(headings):
            places = [place + (offset - 1) * 0.27 for place in range(len(rows))]
            heights = [row[offset] or 0.0 for row in values]
            axis.bar(places, heights, 0.25, label=heading, color=("#2b5d8a", "#d98032", "#7a9a4a")[offset])
        axis.set_title(name, fontsize=10)
        axis.set_xticks(range(len(rows)), [row.label.replace(", ", "\n") for row in rows], fontsize=7)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylim(0, 1)
    axes[1].legend(fontsize=7, frameon=False)
    figure.suptitle(title, fontsize=11)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    pyplot.close(figure)


def summary(result: dict[str, Any]) -> str:
    """A few lines for the README: our own figures, best patch size first."""
    lines = ["| | pixel acc. · class acc. · IoU | colours shared with the photos, a · b |", "|---|---|---|"]
    rows = [row for row in (OBJECTIVES[0], *PATCHES) if row.checkpoint in result["checkpoints"]]
    rows.sort(key=lambda row: fcn_figures(result, row.checkpoint), reverse=True)
    for row in rows:
        scores = " · ".join(number(value) for value in fcn_figures(result, row.checkpoint))
        colours = " · ".join(number(value) for value in histogram_figures(result, row.checkpoint)[1:])
        label = row.label if row.label == "L1" else f"L1 + cGAN, {row.label}"
        lines.append(f"| {label} | {scores} | {colours} |")
    lines.append(f"| real photos | {' · '.join(number(value) for value in fcn_figures(result, REAL))} | |")
    return "\n".join(lines)


def write(result: dict[str, Any], steps: dict[str, int], docs: Path = DOCS) -> None:
    """docs/tables.md, docs/tables.json and docs/plots/*.png."""
    write_text(
        json.dumps(result | {"steps": steps}, indent=2, ensure_ascii=False) + "\n", docs / "tables.json"
    )
    write_text(document(result, steps), docs / "tables.md")
    plots = docs / "plots"
    plot(OBJECTIVES, HEADINGS, fcn_figures, result, "FCN-score by objective", plots / "objectives.png")
    plot(GENERATORS, HEADINGS, fcn_figures, result, "FCN-score by generator", plots / "generators.png")
    plot(PATCHES, HEADINGS, fcn_figures, result, "FCN-score by patch size", plots / "patches.png")
    lab = ("L", "a", "b")
    plot(HISTOGRAMS, lab, histogram_figures, result, "Lab histogram intersection", plots / "histograms.png")


def write_scores(result: dict[str, Any], path: Path = checkpoints.SHIPPED / "scores.json") -> None:
    """The FCN-scores by checkpoint, next to the weights: what the page shows of them."""
    keys = ("pixel_accuracy", "class_accuracy", "class_iou")
    scores = {name: [numbers[key] for key in keys] for name, numbers in result["checkpoints"].items()}
    write_text(json.dumps(scores, indent=1) + "\n", path)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m pix2pix.evaluation.tables", description=__doc__)
    parser.add_argument("--data", required=True, help="folder of façade pairs, photo left, labels right")
    parser.add_argument("--split", default="val", help="train or val")
    parser.add_argument("--runs", type=Path, help="also use runs/NAME where no checkpoint NAME is shipped")
    parser.add_argument("--docs", type=Path, default=DOCS, help="folder to write to")
    given = parser.parse_args(arguments)
    try:
        folders = find_folders(given.runs)
        result = evaluate([str(folder.resolve()) for folder in folders.values()], given.data, given.split)
        settings = {name: checkpoints.load_settings(folder) for name, folder in folders.items()}
        steps = {name: one.get("training", {}).get("steps", 0) for name, one in settings.items()}
        write(result, steps, given.docs)
    except (ValueError, OSError) as error:
        print(f"tables: {error}", file=sys.stderr)
        return 2
    if given.docs == DOCS:
        write_scores(result)
        replace_section(DOCS.parent / "README.md", "tables", summary(result))
    print(f"wrote {given.docs / 'tables.md'}; checkpoints: {len(folders)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
