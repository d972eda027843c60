"""The figures of `evaluate` as rows of text, for a terminal or for Markdown. Knows no measures."""

from typing import Any

MEASURES = {
    "pixel_accuracy": "per-pixel accuracy",
    "class_accuracy": "per-class accuracy",
    "class_iou": "class IoU",
}
DASH = "–"
Rows = list[list[str]]


def as_text(result: dict[str, Any]) -> str:
    """The figures of `evaluate` as lines of a terminal: pictures, lattice, and FCN-scores where there are."""
    tables = [picture_rows(result), lattice_rows(result), fcn_rows(result)]
    return "\n\n".join([*(aligned(rows) for rows in tables if len(rows) > 1), *result["notes"]])


def picture_rows(result: dict[str, Any]) -> Rows:
    """Made pictures against real ones: L1 of [-1, 1], PSNR in dB, diversity in levels of 255."""
    head = ["", "pairs", "L1", "PSNR", "SSIM", "Lab overlap L", "a", "b", "diversity", "feature distance"]
    rows = [
        [
            name,
            str(one["pictures"]),
            number(one["l1"], 3),
            "∞" if one["psnr"] is None else number(one["psnr"]),
            number(one["ssim"], 3),
            *(number(one["histogram"][channel]) for channel in ("L", "a", "b")),
            number(one["diversity"]),
            number(one["feature_distance"], 3),
        ]
        for name, one in result["checkpoints"].items()
    ]
    return [head, *rows]


def lattice_rows(result: dict[str, Any]) -> Rows:
    """Ratio, and rms in brackets, of made and real pictures; no rows where no picture is large enough."""
    periods = ("1/2", "1/4", "1/8")
    head = ["lattice: ratio (rms)", *(f"{p} off axes" for p in periods), *(f"{p} on axes" for p in periods)]
    rows = []
    for name, one in result["checkpoints"].items():
        if one["lattice"]:
            rows.append([name, *lattice_cells(one["lattice"])])
            rows.append(["  real pictures", *lattice_cells(result["sets"][one["set"]]["lattice"])])
    return [head, *rows]


def lattice_cells(lattice: dict[str, Any]) -> list[str]:
    figures = [lattice[where][period] for where in ("off", "on") for period in ("2", "4", "8")]
    return [f"{one['ratio']:.1f} ({one['rms']:.2f})" for one in figures]


def fcn_rows(result: dict[str, Any]) -> Rows:
    """FCN-scores with 95 % intervals, for each set real photos and the color-only baseline first."""
    rows = [["FCN-score", *MEASURES.values()]]
    for key, real in result["sets"].items():
        scored = {n: f for n, f in result["checkpoints"].items() if f["set"] == key and f["interval"]}
        if not scored:
            continue
        rows.append(["real photos", *fcn_cells(real)])
        if real["color_baseline"]["interval"]:
            rows.append(["color-only baseline", *fcn_cells(real["color_baseline"])])
        rows += [[name, *fcn_cells(figures)] for name, figures in scored.items()]
    return rows


def fcn_cells(figures: dict[str, Any]) -> list[str]:
    if figures["interval"] is None:
        return [DASH] * len(MEASURES)
    told = [(figures[measure], *figures["interval"][measure]) for measure in MEASURES]
    return [f"{value:.3f} ({low:.3f} … {high:.3f})" for value, low, high in told]


def number(value: float | None, digits: int = 2) -> str:
    return DASH if value is None else f"{value:.{digits}f}"


def aligned(rows: Rows) -> str:
    """Cells in columns: the first to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for first, *others in rows:
        cells = [f"{cell:>{width}}" for cell, width in zip(others, widths[1:], strict=True)]
        lines.append("  ".join([f"{first:{widths[0]}}", *cells]).rstrip())
    return "\n".join(lines)


def markdown(rows: Rows) -> str:
    """The same cells as a Markdown table."""
    first, *others = [f"| {' | '.join(cell.strip() for cell in row)} |" for row in rows]
    return "\n".join([first, "|---" * len(rows[0]) + "|", *others])
