"""What the exhibits of the Learn panel share: a request read and checked, computed in its turn, answered.

Their requests are server functions, outside Gradio's queue: a slider or a pen wants its answer at once.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image

from pix2pix import checkpoints
from pix2pix.devices import give_back_memory
from pix2pix.tasks import find_task
from pix2pix.ui import pool
from pix2pix.ui.drawing import decode_data_url, prepare, read_seed
from pix2pix.ui.inputs import FACADES
from pix2pix.ui.request_queue import Busy, Superseded

Answer = dict[str, Any]

L1, CGAN, ENCODER_DECODER = "facades-l1", "facades-cgan", "facades-encdec"
BOTH_NAMES = ("facades-patch70", "facades")
"""The run with both terms and 70×70 patches that the comparison runs differ from: its names, newest first."""

BUSY = "Many people are computing right now; please try again in a moment."


def both_terms() -> str:
    """The checkpoint with L1 + cGAN that is comparable with `L1` and `CGAN`. ValueError if none is here."""
    there = checkpoints.available()
    for name in BOTH_NAMES:
        if name in there:
            return name
    raise ValueError(f"no façade model is here; expected checkpoints/{BOTH_NAMES[-1]}")


def drawing_of(sent: Mapping) -> tuple[Image.Image, int]:
    """The façade drawing and the seed of a request. ValueError in one line for anything wrong."""
    return prepare(find_task(FACADES), decode_data_url(sent.get("drawing"))), read_seed(sent.get("seed"))


def exhibit(handler: Callable[[Mapping], Answer]) -> Callable[[Any], Answer]:
    """A server function: mistakes and a full queue become {"error": one line}, never a stack trace."""

    @functools.wraps(handler)
    def answer(sent: Any) -> Answer:
        try:
            return handler(sent if isinstance(sent, Mapping) else {})
        except Superseded:
            return {"superseded": True}
        except Busy:
            return {"error": BUSY}
        except (ValueError, TypeError) as error:
            return {"error": str(error)}

    return answer


def compute(sent: Mapping, work: Callable[[], Answer]) -> Answer:
    """work() on the inference worker; dropped if a newer request of the same visit and exhibit has come.

    sent: visit, any short text, and number, which counts up within it.
    """
    visit = f"learn {str(sent.get('visit'))[:32]}"

    def work_then_trim() -> Answer:
        before = pool.translators().loaded()
        answer = work()
        if set(pool.translators().loaded()) - set(before) or "move" in sent:  # the game trains
            give_back_memory()
        return answer

    return pool.queue.run_live(visit, int(sent.get("number") or 0), False, work_then_trim)
