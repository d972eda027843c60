"""Real or fake?, an exhibit of the Learn panel: the paper's human study (§4.1) on façades.

It needs real photos, so it can be played only where the host's $PIX2PIX_DATA holds validation pairs. The
answers stay in the visitor's page, or are added to those of a room (rooms.py); where the host names a folder
in $PIX2PIX_VOTES, finished sessions are kept there.
"""

import json
import os
import secrets
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pix2pix import checkpoints
from pix2pix.evaluation.paper import BASE, OBJECTIVES, PATCHES
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
from pix2pix.ui.rooms import Rooms

ROOMS = Rooms()

PAPER = (
    "The paper's judges took 18.9 % ± 2.5 of its L1+cGAN map→photo pictures for real, and 0.8 % ± 0.3 of "
    "those by L1 alone; half would be chance."
)


def opponents() -> list[tuple[str, str]]:
    """(checkpoint, its heading) of each façade model that is here, the paper's own recipe first."""
    labels = {row.checkpoint: row.label for row in (*PATCHES, *OBJECTIVES)}
    there = set(checkpoints.available())
    found = [(name, label) for name, label in labels.items() if name in there]
    return sorted(found, key=lambda row: row[0] != BASE)


def next_question(asked: object) -> dict[str, Any]:
    """What the visitor has answered so far → the next question, or the result.

    asked: checkpoint, seed of the session (None begins one), and chose_first, a list of booleans, one for
    each trial answered. Returns the two pictures in the order to be shown, and, during practice, whether
    the last answer was right; at the end the percentage with its interval; or {"error": …}.
    """
    try:
        asked = asked if isinstance(asked, Mapping) else {}
        checkpoint = str(asked.get("checkpoint") or BASE)
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
    if not folder:
        return
    session = {"checkpoint": checkpoint, "seed": seed, "labelled_real": votes, "at": int(time.time())}
    # The seed comes from the visitor's page: two visitors may send the same.
    path = Path(folder) / f"{checkpoint}-{seed:06d}-{secrets.token_hex(4)}.json"
    try:
        write_text(json.dumps(session) + "\n", path)
    except OSError as error:
        print(f"PIX2PIX_VOTES: a session was not kept ({error.strerror})", file=sys.stderr)


def class_result(asked: object) -> dict[str, Any]:
    """A room's results together.

    asked: code ("" opens a room), and with a finished session also checkpoint, seed and chose_first, which
    are added. Returns code, sessions, and once there are votes share, low, high and words; or {"error": …}.
    """
    try:
        asked = asked if isinstance(asked, Mapping) else {}
        code = str(asked.get("code") or "").upper() or ROOMS.open()
        if asked.get("chose_first"):
            seed = read_seed(asked.get("seed"))
            trials = trial_order(max(1, len(validation_pairs())), seed)
            answers = [bool(answer) for answer in list(asked["chose_first"])[: len(trials)]]
            if len(answers) < len(trials):
                raise ValueError(f"the session has {len(answers)} of {len(trials)} answers; finish it first")
            ROOMS.add(code, f"{asked.get('checkpoint')}-{seed}", labelled_real(trials, answers))
        sessions = ROOMS.votes(code)
        found: dict[str, Any] = {"code": code, "sessions": len(sessions)}
        votes = [vote for session in sessions for vote in session]
        if votes:
            share, (low, high) = percentage(votes), bootstrap_interval(votes)
            counted = f"{len(sessions)} session{'' if len(sessions) == 1 else 's'}"
            words = (
                f"Together ({counted}): {sum(votes)} of {len(votes)} made pictures were taken for real, "
                f"{share:.0f} % ({low:.0f} to {high:.0f} %)."
            )
            found |= {"share": share, "low": low, "high": high, "words": words}
        return found
    except (ValueError, TypeError) as error:
        return {"error": str(error)}


def quiz_props() -> dict[str, Any]:
    """What the page must know before it asks: lengths, exposure, opponents, and whether photos are here."""
    return {
        "opponents": opponents(),
        "practice": PRACTICE,
        "scored": SCORED,
        "exposure": 1000 * EXPOSURE_SECONDS,
        "photos": len(validation_pairs()),
    }
