"""The paper's tables as Markdown and bars: our figures on one data set, the paper's next to them.

Takes the figures of `evaluate` and measures nothing. A dash stands for a run that was not made or not scored.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from pix2pix.evaluation.paper import GENERATORS, HISTOGRAMS, OBJECTIVES, PATCHES, REAL, TO_LABELS, Row
from pix2pix.evaluation.report import MEASURES, markdown, number

HEADINGS = ("pixel acc.", "class acc.", "class IoU")
Result = dict[str, Any]
Rows = tuple[Row, ...]
FiguresOf = Callable[[Result, str], list[float | None]]


@dataclass(frozen=True)
class DataSet:
    """name: with which its runs' names begin. ours: who scores what, for the reader.

    explained: what the orders that do not hold come from; to be checked against the figures by the reader.
    """

    name: str
    title: str
    ours: str
    explained: str = ""

    def rows(self, rows: Rows) -> Rows:
        """The paper's rows with this data set's checkpoints."""
        return tuple(
            row
            if row.checkpoint == REAL
            else replace(row, checkpoint=row.checkpoint.replace("facades", self.name, 1))
            for row in rows
        )

    def checkpoints(self) -> list[str]:
        """Names of the checkpoints that the tables compare."""
        tables = self.rows((*OBJECTIVES, *GENERATORS, *PATCHES, *HISTOGRAMS, *TO_LABELS))
        return list(dict.fromkeys(row.checkpoint for row in tables if row.checkpoint != REAL))

    def plot(self, name: str) -> str:
        """File name of a plot."""
        return f"{name}.png" if self.name == "facades" else f"{self.name}-{name}.png"


FACADES = DataSet(
    "facades",
    "façades",
    "CMP façades with their 12 classes and a small U-Net as scorer",
    "A façade's label map says where everything stands, so a blurred window is still read as a window; "
    "the paper's street scenes lose what is small and far when they are blurred. What L1 loses here is "
    "color: see the histograms.",
)
CITYSCAPES = DataSet(
    "cityscapes", "Cityscapes", "the paper's own pairs, with 19 classes and DeepLab in 8 bits as scorer"
)


# --- Figures of a row ------------------------------------------------------------------------------------


def real_figures(result: Result) -> dict[str, Any]:
    """What real photos get: those of labels → photo, which the paper scores too."""
    scored = [real for real in result["sets"].values() if real["interval"]]
    return scored[0] if scored else {}


def fcn_figures(result: Result, name: str) -> list[float | None]:
    """Per-pixel and per-class accuracy and class IoU of a row; None where there is no such checkpoint."""
    figures = real_figures(result) if name == REAL else result["checkpoints"].get(name, {})
    return [figures.get(measure) for measure in MEASURES]


def papers_figures(row: Row) -> tuple[float | None, ...]:
    return row.figures or (None, None, None)


def histogram_figures(result: Result, name: str) -> list[float | None]:
    histogram = result["checkpoints"].get(name, {}).get("histogram", {})
    return [histogram.get(channel) for channel in ("L", "a", "b")]


# --- Markdown --------------------------------------------------------------------------------------------


def section(result: Result, data_set: DataSet) -> str:
    """All tables of one data set."""
    real = real_figures(result)
    baseline = real.get("color_baseline", {})
    ceiling = " · ".join(number(real.get(measure)) for measure in MEASURES)
    floor = " · ".join(number(baseline.get(measure)) for measure in MEASURES)
    told = (
        f"; the color-only baseline, which guesses a class from a pixel's color, reaches {floor}"
        if baseline.get("interval")
        else ""
    )
    pictures = max((figures["pictures"] for figures in result["sets"].values()), default=0)
    parts = [
        f"## The paper's tables, on {data_set.title}",
        f"From {pictures} validation images. Ours: {data_set.ours}; ngf 32, 20,000 steps, one seed. The "
        "paper's: Cityscapes (500 images, FCN-8s as scorer), ngf 64, 200 epochs. Compare orders and gaps "
        "within a column group, not figures across. A dash means that this run was not made.",
        f"Per-pixel accuracy · per-class accuracy · class IoU. The scorer reads real photos at {ceiling}"
        f"{told}. A generated image can score above the real photos: it was painted from the labels and "
        "shows them more plainly than a photo of the same place does.",
    ]
    plain = (
        ("Objectives (labels→photo)", OBJECTIVES, "objectives"),
        ("Generators (labels→photo)", GENERATORS, "generators"),
        ("Patch sizes of the discriminator (L1 + cGAN)", PATCHES, "patches"),
    )
    for title, rows, name in plain:
        parts.append(table(title, data_set.rows(rows), HEADINGS, fcn_figures, result))
        parts.append(f"![FCN-score: {name}](plots/{data_set.plot(name)})")
    histograms = data_set.rows(HISTOGRAMS)
    lab = ("L", "a", "b")
    title = "Color: Lab histogram intersection with the real photos"
    parts.append(table(title, histograms, lab, histogram_figures, result))
    parts.append(f"![Histogram intersection](plots/{data_set.plot('histograms')})")
    parts.append(table("Photo→labels", data_set.rows(TO_LABELS), HEADINGS, fcn_figures, result))
    if told := orders(result, data_set):
        parts += ["### Which orders hold", told]
    parts += ["### Images against images", details(result)]
    return "\n\n".join(parts)


def table(title: str, rows: Rows, headings: tuple[str, ...], figures: FiguresOf, result: Result) -> str:
    """Ours, then the paper's. figures: (result, name) → the row's values."""
    head = ["", *(f"{heading}, {who}" for who in ("ours", "paper") for heading in headings)]
    cells = [
        [row.label, *(number(value) for value in (*figures(result, row.checkpoint), *papers_figures(row)))]
        for row in rows
    ]
    return f"### {title}\n\n{markdown([head, *cells])}"


def orders(result: Result, data_set: DataSet) -> str:
    """From best to worst in each table, ours and the paper's, and how sure each step of ours is."""
    scored, parts = result["checkpoints"], []
    for title, rows in (
        ("Objectives", OBJECTIVES),
        ("Generators", GENERATORS),
        ("Patch sizes", PATCHES),
        ("Photo→labels", TO_LABELS),
    ):
        there = [
            row
            for row in data_set.rows(rows)
            if row.figures and scored.get(row.checkpoint, {}).get("class_iou") is not None
        ]
        if len(there) < 2:
            continue
        ours = sorted(there, key=lambda row: scored[row.checkpoint]["class_iou"], reverse=True)
        papers = sorted(
            there, key=lambda row: papers_figures(row)[2:] + papers_figures(row)[:1], reverse=True
        )
        verdict = "the paper's order" if ours == papers else f"the paper: {labels(papers)}"
        steps = [
            f"- {one.label} over {other.label}: {gap_with_interval(result, one.checkpoint, other.checkpoint)}"
            for one, other in pairwise(ours)
        ]
        parts.append(f"{title}, by class IoU: {labels(ours)} ({verdict}).\n\n" + "\n".join(steps))
    if not parts:
        return ""
    meaning = (
        "Gaps in per-pixel accuracy, per-class accuracy and class IoU, in brackets the 95 % bootstrap "
        "interval over the images: where it holds 0, other images might have turned the order around. One "
        "seed each: what another would give is not known."
    )
    return "\n\n".join([meaning, *parts, *filter(None, [data_set.explained])])


def labels(rows: list[Row]) -> str:
    return " > ".join(row.label for row in rows)


def gap_with_interval(result: Result, one: str, other: str) -> str:
    """How far one is ahead of the other in each measure, with the interval: "+0.012 (+0.004 … +0.020), …"."""
    gaps, sign = result["gaps"], 1
    found = gaps.get(one, {}).get(other)
    if found is None:
        found, sign = gaps.get(other, {}).get(one, {}), -1
    told = []
    for measure in MEASURES:
        gap = result["checkpoints"][one][measure] - result["checkpoints"][other][measure]
        edges = sorted(sign * edge for edge in found.get(measure, ()))
        told.append(f"{gap:+.3f}" + (f" ({edges[0]:+.3f} … {edges[1]:+.3f})" if edges else ""))
    return ", ".join(told)


def details(result: Result) -> str:
    """Every checkpoint's remaining figures, and how long it was trained."""
    head = ["checkpoint", "steps", "L1", "PSNR", "SSIM", "diversity"]
    rows = [
        [
            name,
            f"{figures['steps']:,}",
            number(figures["l1"], 3),
            number(figures["psnr"]),
            number(figures["ssim"], 3),
            number(figures["diversity"]),
        ]
        for name, figures in result["checkpoints"].items()
    ]
    return (
        "L1 of images in [-1, 1] · PSNR in dB · SSIM · diversity: standard deviation over seeds, in levels "
        f"of 255.\n\n{markdown([head, *rows])}"
    )


def summary(result: Result) -> str:
    """A few lines for the README: our own figures on façades, best first."""
    head = ["", "pixel acc. · class acc. · IoU", "Lab overlap with the photos, a · b"]
    rows = [row for row in (OBJECTIVES[0], *PATCHES) if row.checkpoint in result["checkpoints"]]
    rows.sort(key=lambda row: fcn_figures(result, row.checkpoint), reverse=True)
    cells = []
    for row in rows:
        scores = " · ".join(number(value) for value in fcn_figures(result, row.checkpoint))
        overlap = " · ".join(number(value) for value in histogram_figures(result, row.checkpoint)[1:])
        label = row.label if row.label == "L1" else f"L1 + cGAN, {row.label}"
        cells.append([label, scores, overlap])
    cells.append(["real photos", " · ".join(number(value) for value in fcn_figures(result, REAL)), ""])
    return markdown([head, *cells])


# --- Bars ------------------------------------------------------------------------------------------------


def draw(result: Result, data_set: DataSet, folder: Path) -> None:
    """The plots of a section, as PNG."""
    for rows, name, title in (
        (OBJECTIVES, "objectives", "FCN-score by objective"),
        (GENERATORS, "generators", "FCN-score by generator"),
        (PATCHES, "patches", "FCN-score by patch size"),
    ):
        plot(
            data_set, data_set.rows(rows), HEADINGS, fcn_figures, result, title, folder / data_set.plot(name)
        )
    path = folder / data_set.plot("histograms")
    title = "Lab histogram intersection"
    plot(data_set, data_set.rows(HISTOGRAMS), ("L", "a", "b"), histogram_figures, result, title, path)


def plot(
    data_set: DataSet,
    rows: Rows,
    headings: tuple[str, ...],
    figures: FiguresOf,
    result: Result,
    title: str,
    path: Path,
) -> None:
    """Bars of a table, ours and the paper's; a missing figure is a gap."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(9, 3.2), sharey=True, layout="constrained")
    sides: tuple[tuple[str, list[Sequence[float | None]]], ...] = (
        (f"ours, {data_set.title}", [figures(result, row.checkpoint) for row in rows]),
        ("the paper", [papers_figures(row) for row in rows]),
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
