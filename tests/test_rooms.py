"""A room adds up a class's votes and forgets them after a day."""

import pytest

from pix2pix.evaluation.real_or_fake import Votes
from pix2pix.ui.rooms import DAY, MAX_ROOMS, Rooms

YES, NO = Votes((True,), (True,)), Votes((False,), (False,))


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_votes_are_added_up_and_a_session_counts_once():
    rooms = Rooms()
    code, other = rooms.open(), rooms.open()
    assert code != other and rooms.votes(code) == []
    rooms.add(code, "a", YES)
    rooms.add(code, "b", YES)
    rooms.add(code, "a", NO)
    assert rooms.votes(code) == [NO, YES] and rooms.votes(other) == []


def test_a_room_is_forgotten_a_day_after_its_last_use():
    clock = Clock()
    rooms = Rooms(clock)
    code = rooms.open()
    rooms.add(code, "a", YES)
    clock.now = DAY - 1
    assert rooms.votes(code) == [YES]
    clock.now = 2 * DAY - 2  # used a day less a second ago
    assert rooms.votes(code) == [YES]
    clock.now += DAY + 1
    assert rooms.votes(code) == []


def test_only_so_many_are_kept():
    rooms = Rooms(Clock())
    codes = [rooms.open() for _ in range(MAX_ROOMS + 1)]
    rooms.add(codes[-1], "a", YES)
    assert len(rooms._rooms) == len(rooms._used) == MAX_ROOMS and codes[0] not in rooms._rooms


def test_a_wrong_code_is_one_line():
    for wrong in ("", "ABC", "abcde", "ABCD0", "../../x"):
        with pytest.raises(ValueError, match="is no room's code; expected 5 letters and digits"):
            Rooms().votes(wrong)
