"""How many threads compute a preview: whichever number was faster recently. Knows nothing about models."""

import functools

import torch


class ThreadTuner:
    """Measures previews with one thread and with all, and chooses the faster number.

    Two processors halve the time of a picture while they are free; where a browser or other visitors use one
    of them, the threads wait for each other at every layer and a single one is faster.
    """

    PROBE = 16  # every so many previews the other number is tried

    def __init__(self, all_threads: int) -> None:
        self.choices = sorted({1, all_threads})
        self.seconds: dict[int, float] = {}  # smoothed seconds a preview, by number of threads
        self.pictures = 0

    def choose(self) -> int:
        """The number of threads for the next preview."""
        untried = [number for number in self.choices if number not in self.seconds]
        if untried:
            return untried[-1]
        self.pictures += 1
        best = min(self.choices, key=self.seconds.__getitem__)
        others = [number for number in self.choices if number != best]
        return others[0] if others and self.pictures % self.PROBE == 0 else best

    def record(self, number: int, seconds: float) -> None:
        """Note that a preview took that many seconds with that many threads."""
        self.seconds[number] = 0.7 * self.seconds.get(number, seconds) + 0.3 * seconds


@functools.cache
def thread_tuner() -> ThreadTuner:
    """The tuner that all previews share."""
    return ThreadTuner(torch.get_num_threads())
