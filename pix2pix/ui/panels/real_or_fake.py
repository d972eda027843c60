"""Real or fake?, an exhibit of the Learn panel: the paper's human study of colorization (§4.1, §4.5).

Free photos that come with the package, as they are or colored by the checkpoint that is here. The answers
stay in the visitor's page, or are added to those of a room (rooms.py); where the host names a folder in
$PIX2PIX_VOTES, finished sessions are kept there.
"""

import json
import os
import secrets
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from pix2pix import checkpoints
from pix2pix.evaluation.real_or_fake import (
    EXPOSURE_SECONDS,
    PRACTICE,
    SCORED,
    Trial,
    Votes,
    count_votes,
    percentage,
    trial_order,
    wilson_interval,
)
from pix2pix.examples.quiz_photos import quiz_photos
from pix2pix.files import write_text
from pix2pix.images import image_to_input, input_to_rgb, load_image, tensor_to_pil
from pix2pix.ui import pool
from pix2pix.ui.drawing import encode_png, read_seed
from pix2pix.ui.rooms import Rooms

CHECKPOINT = "gray2color"
SIDE = 256
ROOMS = Rooms()


def pictures() -> list[tuple[int, Path]]:
    """(number of its photo, file) of each picture of the set."""
    return [(number, crop) for number, photo in enumerate(quiz_photos()) for crop in photo.crops]


def session_trials(seed: int) -> list[Trial]:
    return trial_order([photo for photo, _ in pictures()], seed)


def as_taken(number: int) -> Image.Image:
    """A picture of the set, "RGB", 256 x 256."""
    return load_image(pictures()[number][1]).convert("RGB")


def as_colored(number: int) -> Image.Image:
    """The same picture, made gray and colored by the network. ValueError where there is no checkpoint."""
    if CHECKPOINT not in checkpoints.available():  # the loader's own words name folders of this machine
        raise ValueError(f"no weights for {CHECKPOINT!r} are here; add the checkpoint and start again")
    light = image_to_input(as_taken(number), "grey", SIDE)
    return pool.translate_with(CHECKPOINT, tensor_to_pil(input_to_rgb(light, "grey")))


def next_question(asked: object) -> dict[str, Any]:
    """What the visitor has answered so far → the next question, or the result.

    asked: seed of the session (None begins one), and said_photo, a list of booleans, one for each trial
    answered. Returns the picture to be shown, and, during practice, whether the last answer was right and
    what it was; at the end the result, and which of the trials were made; or {"error": …}.
    """
    try:
        asked = asked if isinstance(asked, Mapping) else {}
        seed = secrets.randbelow(1_000_000) if asked.get("seed") is None else read_seed(asked["seed"])
        trials = session_trials(seed)
        answers = read_answers(asked, trials)
        found: dict[str, Any] = {"seed": seed, "number": len(answers)}
        if answers and (last := trials[len(answers) - 1]).practice:
            found |= {"right": answers[-1] != last.made, "was_made": last.made}
        if len(answers) == len(trials):
            votes = count_votes(trials, answers)
            keep_votes(CHECKPOINT, seed, votes)
            return found | result(votes) | {"made_trials": [trial.made for trial in trials]}
        trial = trials[len(answers)]
        # Colored for a photo too, so that the time it takes tells nothing.
        shown = as_colored(trial.picture)
        if not trial.made:
            shown = as_taken(trial.picture)
        return found | {"practice": trial.practice, "picture": encode_png(shown)}
    except (ValueError, TypeError) as error:
        return {"error": str(error)}


def read_answers(asked: Mapping, trials: Sequence[Trial]) -> list[bool]:
    return [bool(answer) for answer in list(asked.get("said_photo") or [])[: len(trials)]]


def result(votes: Votes) -> dict[str, Any]:
    """The figures of one or more sessions: for what was made and for the photos, how many were taken for
    photos, of how many, the percentage and its interval.
    """
    kinds = {"made": votes.made, "real": votes.real}
    return {kind: _figure(cast) for kind, cast in kinds.items()}


def _figure(votes: Sequence[bool]) -> dict[str, float]:
    low, high = wilson_interval(votes)
    return {"count": sum(votes), "of": len(votes), "share": percentage(votes), "low": low, "high": high}


def keep_votes(checkpoint: str, seed: int, votes: Votes) -> None:
    """One file a session in $PIX2PIX_VOTES, where the host names it; no visitor is named."""
    folder = os.environ.get("PIX2PIX_VOTES")
    if not folder:
        return
    session = {"checkpoint": checkpoint, "seed": seed, "made_labelled_real": votes.made}
    session |= {"real_labelled_real": votes.real, "at": int(time.time())}
    # The seed comes from the visitor's page: two visitors may send the same.
    path = Path(folder) / f"{checkpoint}-{seed:06d}-{secrets.token_hex(4)}.json"
    try:
        write_text(json.dumps(session) + "\n", path)
    except OSError as error:
        print(f"PIX2PIX_VOTES: a session was not kept ({error.strerror})", file=sys.stderr)


def class_result(asked: object) -> dict[str, Any]:
    """A room's results together.

    asked: code ("" opens a room), and with a finished session also visit, seed and said_photo, which are
    added. Returns code, sessions, and once there are votes what `result` does; or {"error": …}.
    """
    try:
        asked = asked if isinstance(asked, Mapping) else {}
        code = str(asked.get("code") or "").upper() or ROOMS.open()
        if asked.get("said_photo"):
            seed = read_seed(asked.get("seed"))
            trials = session_trials(seed)
            answers = read_answers(asked, trials)
            if len(answers) < len(trials):
                raise ValueError(f"the session has {len(answers)} of {len(trials)} answers; finish it first")
            ROOMS.add(code, f"{str(asked.get('visit'))[:60]}-{seed}", count_votes(trials, answers))
        sessions = ROOMS.votes(code)
        found: dict[str, Any] = {"code": code, "sessions": len(sessions)}
        if sessions:
            together = Votes(
                tuple(vote for session in sessions for vote in session.made),
                tuple(vote for session in sessions for vote in session.real),
            )
            found |= result(together)
        return found
    except (ValueError, TypeError) as error:
        return {"error": str(error)}


def quiz_credits(asked: object = None) -> list[dict[str, str]]:
    """Title, author, license, terms and source of each photo; terms may be ""."""
    keys = ("title", "author", "license", "terms", "source")
    return [{key: getattr(photo, key) for key in keys} for photo in quiz_photos()]


def quiz_props() -> dict[str, Any]:
    """What the page must know before it asks: lengths, exposure, and whether the network is here."""
    return {
        "practice": PRACTICE,
        "scored": SCORED,
        "exposure": 1000 * EXPOSURE_SECONDS,
        "ready": CHECKPOINT in checkpoints.available(),
    }
