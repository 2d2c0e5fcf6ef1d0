"""Turns: few works compute at once, since threads that compete for the interpreter cost more.

Many may wait for slow bodies; who waits for a commit or a slow hash gives its turn away meanwhile,
to whoever has waited longest.
How many are under way is known, so that a commit can wait for those who would join it.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

AT_ONCE = 4  # where nobody says otherwise


class Turns:
    """As many as may compute at once; a class because it holds their queue and their count."""

    def __init__(self, count: int) -> None:
        """Let `count` compute at once; `emptied` is called when the last one went."""
        self.emptied: Callable[[], None] = _nobody_cares
        self._free = count
        self._waiting: deque[threading.Lock] = deque()  # each is released with the turn it gets
        self._mine = threading.local()
        self._count = threading.Lock()
        self._under_way = 0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for a turn, and hold it."""
        self.enter()
        self.take()
        try:
            yield
        finally:
            self.give()
            if self.leave():
                self.emptied()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Give the turn away while something slow goes on elsewhere, and wait for one after it.

        Never inside a transaction: no commit waits meanwhile for the work that stepped aside.
        """
        if not self.is_mine():
            yield
            return
        self.give()
        if self.leave():
            self.emptied()
        try:
            yield
        finally:
            self.enter()
            self.take()

    def is_mine(self) -> bool:
        """Say whether this thread holds a turn."""
        return getattr(self._mine, "turn", False)

    def take(self) -> None:
        """Wait for a turn, when this thread has none."""
        if self.is_mine():
            return
        with self._count:
            mine = None if self._free else threading.Lock()
            if mine is None:
                self._free -= 1
            else:
                mine.acquire()
                self._waiting.append(mine)
        if mine is not None:
            mine.acquire()
        self._mine.turn = True

    def give(self) -> None:
        """Give this thread's turn to the next, when it has one."""
        if not self.is_mine():
            return
        self._mine.turn = False
        with self._count:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1

    def enter(self, count: int = 1) -> None:
        """Let so many more be under way."""
        with self._count:
            self._under_way += count

    def leave(self) -> bool:
        """Let one be no longer under way; return whether it was the last."""
        with self._count:
            self._under_way -= 1
            return self._under_way == 0


def _nobody_cares() -> None:
    """Do nothing: no store waits for works to end."""
