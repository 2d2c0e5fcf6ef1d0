"""The threads that hash passwords: few, with a short line before them, outside any transaction.

Each hash takes 19 MiB and 20 ms and gives the interpreter up meanwhile: it may compute on every
processor (ground/roaming.py), and who waits for it gives his turn away (ground/turns.py).
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sekisho.authenticators.password.rules import Policy
from sekisho.ground import roaming
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.turns import Turns

# Hashes that one process computes at once, where nobody says otherwise: on two processors one
# leaves what else is answered alone (measured), and each keeps its 19 MiB.
AT_ONCE = 1
WAITING = 64  # that wait for them
RETRY = timedelta(seconds=2)  # more than the whole line takes
Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the line, held; who has none does not even charge a try."""

    turns: Turns
    threads: ThreadPoolExecutor

    def run(self, act: Callable[[], Outcome]) -> Outcome:
        """Compute in the pool and wait for it; never inside a transaction."""
        done = self.threads.submit(roaming.PROCESS.roam, act)
        with self.turns.aside():
            return done.result()


class Pool:
    """Threads that hash, and places for who waits; a class because it holds both."""

    def __init__(self, turns: Turns, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        """Let `at_once` be computed and `waiting` wait; threads start when they are needed."""
        self._turns = turns
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="sekisho-hash")

    @contextmanager
    def place(self, now: datetime) -> Iterator[Place | Refused]:
        """Hold a place in the line, or be refused at once where it is full.

        # Threat: 086: more hashes than places cost no memory (test_a_full_line_refuses_at_once).
        """
        if not self._places.acquire(blocking=False):
            yield Refused(Reason.UNAVAILABLE, retry_at=now + RETRY)
            return
        try:
            yield Place(self._turns, self._threads)
        finally:
            self._places.release()

    def close(self) -> None:
        """Let the threads end; what is under way is finished."""
        self._threads.shutdown()


@dataclass(frozen=True, slots=True)
class Desk:
    """What choosing and comparing passwords takes beside the store: one of it in a process.

    `is_breached` waits for the network, so never in a transaction or a turn; None where no list
    is asked, and it returns None where the list gave no answer.
    """

    policy: Policy
    pool: Pool
    is_breached: Callable[[str], bool | None] | None = None
