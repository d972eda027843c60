"""The Real or fake? panel: the paper's human study (§4.1) on façades, for a visitor or a lecture hall.

It needs real photos, so it is there only where the host's $PIX2PIX_DATA holds validation pairs. The answers
stay in the visitor's page; where the host names a folder in $PIX2PIX_VOTES, finished sessions are kept there.
"""

import json
import os
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pix2pix import checkpoints
from pix2pix.evaluation.paper import OBJECTIVES, PATCHES
from pix2pix.evaluation.real_or_fake import (
    EXPOSURE_SECONDS,
    PRACTICE,
    SCORED,
    bootstrap_interval,
    labelled_real,
    percentage,
    trial_order,
)
from pix2pix.files import write_text
from pix2pix.tasks import find_task
from pix2pix.ui import pool
from pix2pix.ui.drawing import encode_png, prepare, read_seed
from pix2pix.ui.inputs import FACADES, validation_pairs
from pix2pix.ui.panels.component import build_panel

PAPER = (
    "The paper's judges took 18.9 % ± 2.5 of its L1+cGAN map→photo pictures for real, and 0.8 % ± 0.3 of "
    "those by L1 alone; half would be chance."
)


def opponents() -> list[tuple[str, str]]:
    """(checkpoint, its heading) of each façade model that is here, the shipped one first."""
    labels = {row.checkpoint: row.label for row in (*PATCHES, *OBJECTIVES)}
    there = set(checkpoints.available())
    found = [(name, label) for name, label in labels.items() if name in there]
    return sorted(found, key=lambda row: row[0] != FACADES)


def next_question(asked: object) -> dict[str, Any]:
    """What the visitor has answered so far → the next question, or the result.

    asked: checkpoint, seed of the session (None begins one), and chose_first, a list of booleans, one for
    each trial answered. Returns the two pictures in the order to be shown, and, during practice, whether
    the last answer was right; at the end the percentage with its interval; or {"error": …}.
    """
    try:
        asked = asked if isinstance(asked, Mapping) else {}
        checkpoint = str(asked.get("checkpoint") or FACADES)
        names = dict(opponents())
        if checkpoint not in names:
            raise ValueError(f"no model {checkpoint!r} is here; there are: {', '.join(names) or 'none'}")
        seed = secrets.randbelow(1_000_000) if asked.get("seed") is None else read_seed(asked["seed"])
        pairs = validation_pairs()
        trials = trial_order(len(pairs), seed)
        answers = [bool(answer) for answer in list(asked.get("chose_first") or [])[: len(trials)]]
        found: dict[str, Any] = {"seed": seed, "checkpoint": checkpoint, "number": len(answers)}
        if answers and trials[len(answers) - 1].practice:
            found["right"] = answers[-1] == trials[len(answers) - 1].real_first
        if len(answers) == len(trials):
            votes = labelled_real(trials, answers)
            keep_votes(checkpoint, seed, votes)
            return found | result(names[checkpoint], votes)
        trial = trials[len(answers)]
        pair = pairs[trial.pair]
        real = pair.photo.convert("RGB").resize((256, 256))
        made = pool.translate_with(checkpoint, prepare(find_task(FACADES), pair.labels))
        shown = (real, made) if trial.real_first else (made, real)
        return found | {"practice": trial.practice, "pictures": [encode_png(picture) for picture in shown]}
    except (ValueError, TypeError) as error:
        return {"error": str(error)}


def result(label: str, votes: list[bool]) -> dict[str, Any]:
    """The figure of a session, and what it means."""
    share, (low, high) = percentage(votes), bootstrap_interval(votes)
    return {
        "share": share,
        "low": low,
        "high": high,
        "words": f"You took {sum(votes)} of {len(votes)} pictures by {label} for the real photo: "
        f"{share:.0f} %. With so few trials anything from {low:.0f} to {high:.0f} % is no surprise. {PAPER}",
    }


def keep_votes(checkpoint: str, seed: int, votes: list[bool]) -> None:
    """One file a session in $PIX2PIX_VOTES, where the host names it; no visitor is named."""
    folder = os.environ.get("PIX2PIX_VOTES")
    if folder:
        session = {"checkpoint": checkpoint, "seed": seed, "labelled_real": votes, "at": int(time.time())}
        write_text(json.dumps(session) + "\n", Path(folder) / f"{checkpoint}-{seed:06d}.json")


def build_real_or_fake_panel() -> None:
    """Layout and wiring."""
    panel = build_panel(
        "quiz",
        opponents=opponents(),
        practice=PRACTICE,
        scored=SCORED,
        exposure=1000 * EXPOSURE_SECONDS,
    )
    panel.submit(
        next_question,
        panel,
        panel,
        concurrency_id=pool.CONCURRENCY_ID,
        concurrency_limit=1,
        api_visibility="private",
        show_progress="hidden",
    )
