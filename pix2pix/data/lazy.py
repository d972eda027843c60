"""Pairs that are larger than memory: read when their turn comes, by worker processes, and kept on disk.

What is read is what would have been in memory, bit for bit: the same function makes it, elsewhere and later.
The first time a pair is decoded it goes into a cache file of raw pixels, from which later epochs read it.
Knows nothing about layouts, configs or batches.
"""

import contextlib
import os
import shutil
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import groupby
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

Pair = tuple[np.ndarray, np.ndarray]
MOST_WORKERS = 8
SPARE = 0.8  # of the free disk at most this part is taken


class LazyPairs:
    """Pairs by number, each read on demand; with `look_ahead` by processes, before their turn.

    items: what is read, one a pair. read: makes of one, in any process, a pair of uint8 arrays (side, side,
    C), C up to 3. cache: folder for the pixels of pairs that were read, or None. key: names what is read.
    """

    def __init__(
        self,
        items: Sequence,
        read: Callable[[Any], Pair],
        side: int,
        cache: Path | None = None,
        key: str = "",
    ):
        self.items, self.read = items, read
        self.cache = Cache.open(cache, side, len(items), key) if cache else None
        self.pool: ProcessPoolExecutor | None = None
        self._last: tuple[int, Pair] | None = None
        self._coming: deque[tuple[int, Future | None]] = deque()
        self._order: Iterator[int] = iter(())
        self._looking = False
        self.workers = max(1, min(MOST_WORKERS, (os.cpu_count() or 2) // 2))

    def __len__(self) -> int:
        return len(self.items)

    def halves(self) -> tuple["Half", "Half"]:
        """All inputs and all targets, as sequences."""
        return Half(self, 0), Half(self, 1)

    def get(self, which: int) -> Pair:
        """The pair at `which`; the one asked for last is still there."""
        if self._last is None or self._last[0] != which:
            self._last = which, self._fetch(which)
        return self._last[1]

    def look_ahead(self, order: Iterable[int]) -> None:
        """Read the pairs in this order before they are asked for, by workers what is not in the cache."""
        # A pair that comes twice running is asked for once: the second time it is the last one.
        self._order, self._coming = (which for which, _ in groupby(order)), deque()
        self._last, self._looking = None, True
        self._fill(2 * self.workers + 2)

    def start(self) -> ProcessPoolExecutor:
        """The workers, started unless they are there."""
        if self.pool is None:  # fresh processes: a fork of one that has threads and a GPU may hang
            self.pool = ProcessPoolExecutor(self.workers, get_context("spawn"), initializer=start_worker)
            with main_hidden():
                for _ in range(self.workers):  # each starts one
                    self.pool.submit(os.getpid)
        return self.pool

    def describe(self, function: Callable[[np.ndarray], Any]) -> list:
        """function(target) of every pair, computed by the workers; all pairs are in the cache afterwards."""
        pool = self.start()
        numbers = range(len(self))
        same = [[each] * len(self) for each in (self.read, self.cache, function)]
        found = pool.map(read_and_describe, numbers, self.items, *same, chunksize=16)
        return list(tqdm(found, "reading", len(self), unit="pair", leave=False))

    def close(self) -> None:
        """Stop the workers; the cache stays for the run that goes on, and goes with the one that is done."""
        done = self._looking and not self._coming
        self._looking, self._order = False, iter(())
        if self.pool:
            self.pool.shutdown(wait=True, cancel_futures=True)
            self.pool = None
        if self.cache and done:
            self.cache.remove()

    def _fetch(self, which: int) -> Pair:
        if self._coming and self._coming[0][0] == which:
            _, future = self._coming.popleft()
            self._fill(1)
            if future is not None:
                with contextlib.suppress(BrokenProcessPool):  # a worker was killed: read here
                    return future.result()
        if self.cache and (pair := self.cache.load(which)) is not None:
            return pair
        return read_and_keep(self.read, self.items[which], which, self.cache)

    def _fill(self, count: int) -> None:
        for which in (which for _, which in zip(range(count), self._order, strict=False)):
            future = None
            if not (self.cache and self.cache.channels(which)):
                with contextlib.suppress(BrokenProcessPool):
                    future = self.start().submit(
                        read_and_keep, self.read, self.items[which], which, self.cache
                    )
            self._coming.append((which, future))


class Half(Sequence[np.ndarray]):
    """The inputs (0) or the targets (1) of lazy pairs."""

    def __init__(self, pairs: LazyPairs, side: int):
        self.pairs, self.side = pairs, side

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, which: Any) -> Any:
        if isinstance(which, slice):
            return [self[i] for i in range(*which.indices(len(self)))]
        if not -len(self) <= which < len(self):
            raise IndexError(which)
        return self.pairs.get(which % len(self))[self.side]


class Cache:
    """A file with a place for every pair, written by any process, and a byte for each that is there.

    Both files are sparse and written in place. The byte, written last, holds the channels of both pictures.
    """

    def __init__(self, path: Path, side: int):
        self.path, self.side = path, side
        self.record = 2 * 3 * side * side

    @staticmethod
    def open(folder: Path, side: int, count: int, key: str) -> "Cache | None":
        """The cache of these pairs in `folder`; None where the disk has no room for it."""
        cache = Cache(folder / f"pairs-{key}", side)
        folder.mkdir(parents=True, exist_ok=True)
        if not cache.path.exists() and shutil.disk_usage(folder).free * SPARE < cache.record * count:
            return None
        for path, size in ((cache.path, cache.record * count), (cache.marks, count)):
            with open(path, "ab") as file:
                if file.tell() != size:
                    file.truncate(size)
        return cache

    @property
    def marks(self) -> Path:
        return self.path.with_suffix(".there")

    def channels(self, which: int) -> tuple[int, int] | None:
        """Of the pair at `which`; None where it was not read yet."""
        mark = self._read(self.marks, which, 1)
        return divmod(mark[0], 16) if mark and mark[0] else None

    def load(self, which: int) -> Pair | None:
        """The pair at `which`; None where it is not there."""
        if (channels := self.channels(which)) is None:
            return None
        area = self.side * self.side
        raw = self._read(self.path, which * self.record, area * sum(channels))
        if len(raw) < area * sum(channels):
            return None
        both = np.frombuffer(raw, np.uint8)
        a, b = both[: area * channels[0]], both[area * channels[0] :]
        return a.reshape(self.side, self.side, -1), b.reshape(self.side, self.side, -1)

    def store(self, which: int, pair: Pair) -> None:
        """Write a pair; a disk that is full costs the cache, not the run."""
        raw = b"".join(array.tobytes() for array in pair)
        with contextlib.suppress(OSError):
            self._write(self.path, which * self.record, raw)
            self._write(self.marks, which, bytes([16 * pair[0].shape[-1] + pair[1].shape[-1]]))

    @staticmethod
    def _read(path: Path, at: int, size: int) -> bytes:
        with contextlib.suppress(OSError), open(path, "rb") as file:
            file.seek(at)
            return file.read(size)
        return b""

    @staticmethod
    def _write(path: Path, at: int, raw: bytes) -> None:
        with open(path, "rb+") as file:
            file.seek(at)
            file.write(raw)

    def remove(self) -> None:
        for path in (self.path, self.marks):
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # others' files are in it
            self.path.parent.rmdir()


def read_and_keep(read: Callable[[Any], Pair], item: Any, which: int, cache: Cache | None) -> Pair:
    """One pair, read again and put into the cache; what a worker does."""
    pair = read(item)
    if cache:
        cache.store(which, pair)
    return pair


def read_and_describe(
    which: int, item: Any, read: Callable[[Any], Pair], cache: Cache | None, function: Callable
) -> Any:
    pair = cache.load(which) if cache else None
    return function((pair or read_and_keep(read, item, which, cache))[1])


@contextlib.contextmanager
def main_hidden() -> Iterator[None]:
    """Processes started meanwhile do not import the program, which may be a script that runs on import."""
    names = vars(sys.modules["__main__"])
    hidden: dict[str, Any] = {name: names.pop(name) for name in ("__file__", "__spec__") if name in names}
    names["__spec__"] = None
    try:
        yield
    finally:
        names.update(hidden)


def start_worker() -> None:
    """A worker leaves Ctrl-C to the process that trains, and ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import torch

    torch.set_num_threads(1)

    def follow() -> None:
        parent = parent_process()
        assert parent is not None, "a worker has been started by another process"
        parent.join()
        os._exit(1)  # it was killed

    threading.Thread(target=follow, daemon=True).start()


def memory_here() -> int:
    """Bytes of memory that this process may use: the machine's, or its container's; 8 GB where none tells."""
    most = 8 * 2**30
    with contextlib.suppress(AttributeError, ValueError, OSError):
        most = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):
            most = min(most, int(Path(path).read_text()))
    return most
