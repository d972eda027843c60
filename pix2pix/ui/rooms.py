"""A class's results added up: votes by room code, in memory, forgotten a day after the last one.

Nothing tells whose votes they are. Knows nothing about pages or networks.
"""

import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from pix2pix.evaluation.real_or_fake import Votes

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without letters that are mistaken for digits
CODE_LENGTH = 5
DAY = 24 * 3600
MAX_ROOMS = 500
MAX_SESSIONS = 500


class Rooms:
    """Sessions of votes by room. Safe to use from several threads.

    clock: seconds. A room that is new to the server (it was restarted) is opened by its first votes.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._lock = threading.Lock()
        self._rooms: OrderedDict[str, dict[str, Votes]] = OrderedDict()
        self._used: dict[str, float] = {}

    def open(self) -> str:
        """The code of a new, empty room."""
        with self._lock:
            while (code := "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))) in self._rooms:
                pass
            self._enter(code)
            return code

    def add(self, code: str, session: str, votes: Votes) -> None:
        """Keep one session's votes; the same session again replaces them. ValueError: bad or full room."""
        with self._lock:
            room = self._enter(code)
            if session not in room and len(room) >= MAX_SESSIONS:
                raise ValueError(f"room {code} is full ({MAX_SESSIONS} sessions); open another one")
            room[session] = votes

    def votes(self, code: str) -> list[Votes]:
        """Every session's votes. ValueError for a code that cannot be one."""
        with self._lock:
            return list(self._enter(code).values())

    def _enter(self, code: str) -> dict[str, Votes]:
        if not re.fullmatch(f"[{ALPHABET}]{{{CODE_LENGTH}}}", code):
            raise ValueError(
                f"{code[:20]!r} is no room's code; expected {CODE_LENGTH} letters and digits, as in K7QXM"
            )
        now = self._clock()
        for old in [each for each, used in self._used.items() if now - used > DAY]:
            del self._rooms[old], self._used[old]
        room = self._rooms.setdefault(code, {})
        self._rooms.move_to_end(code)
        self._used[code] = now
        while len(self._rooms) > MAX_ROOMS:
            oldest, _ = self._rooms.popitem(last=False)
            del self._used[oldest]
        return room
