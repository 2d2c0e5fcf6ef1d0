"""Work that computes without the interpreter, and so on any processor (decision 0014).

A serving process keeps its threads to one processor; a password hash wakes nobody across
processors, so the thread that computes one is let off meanwhile. Not a pool of threads.
"""

import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

Outcome = TypeVar("Outcome")


class Roaming:
    """The threads that are let off now; a class because processors are the whole process's."""

    def __init__(self) -> None:
        """Let nobody off until the process is told what it may use."""
        self._lock = threading.Lock()
        self._allowed: frozenset[int] = frozenset()
        self._away: set[int] = set()
        self._spent = 0.0

    def settle(self, allowed: frozenset[int]) -> None:
        """Let roaming threads use all of these processors from now on."""
        self._allowed = allowed

    def roam(self, act: Callable[[], Outcome]) -> Outcome:
        """Do `act` in this thread on whichever processor is free."""
        thread = threading.get_native_id()
        before = time.thread_time()
        with self._lock:
            self._away.add(thread)
            _put(thread, self._allowed)
        try:
            return act()
        finally:
            with self._lock:
                self._away.discard(thread)
                self._spent += time.thread_time() - before

    def keep(self, thread: int, at: int) -> None:
        """Keep a thread to one processor, unless it roams."""
        with self._lock:  # else one that begins to roam between both lines would stay there
            if thread not in self._away:
                _put(thread, frozenset((at,)))

    def spent(self) -> float:
        """Return the seconds of processor time that were spent roaming."""
        with self._lock:
            return self._spent


PROCESS = Roaming()


def _put(thread: int, processors: frozenset[int]) -> None:
    if sys.platform == "linux" and processors:
        with suppress(OSError):  # the thread has ended, or a container forbids it
            os.sched_setaffinity(thread, processors)
