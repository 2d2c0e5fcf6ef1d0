"""The worker: one loop that sends messages and does what falls due. It decides nothing itself.

Embedded, it is a thread of the serving process (`start`, `stop`); `sekisho worker` runs it in the
foreground (`run_forever`), any number of them on PostgreSQL. A bell wakes it when a message was
posted in this process; without one it looks every second, for messages of other processes.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from sekisho.ground.clock import wait_clock
from sekisho.ground.db import Database, Unavailable
from sekisho.ground.threads import tell_name
from sekisho.records import delivery
from sekisho.records.delivery.mailroom import Mailroom
from sekisho.records.delivery.post_office import PostOffice

# A bell is followed by a moment of gathering: messages of that moment go in one claim, and when one
# leaves the house says nothing about the request that asked for it.
_GATHERING_SECONDS = 0.04
_LOOK_SECONDS = 1.0
_LONGEST_BACK_OFF_SECONDS = 5.0
_STOP_SECONDS = 35.0  # one mail's deadline and a little

_log = structlog.get_logger("sekisho.worker")


@dataclass(frozen=True, slots=True)
class Step:
    """Something that falls due: its name for logs, how often, and what does it."""

    name: str
    every: timedelta
    act: Callable[[], int]


class Worker:
    """A class because it holds the loop's thread, its bell and the mailroom."""

    def __init__(self, db: Database, office: PostOffice, steps: tuple[Step, ...] = ()) -> None:
        """Be ready; `steps` are done besides the mail, each in its own time."""
        self._db = db
        self._bell = threading.Event()
        self._stop = threading.Event()
        self._mailroom = Mailroom(db, office, self._bell)
        self._steps = (*steps, _sweep(db, office.policy))
        self._due = dict.fromkeys(self._steps, 0.0)
        self._failures = 0
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Work in a thread of this process, woken by its commits."""
        self._db.bell = self._bell.set
        self._thread = threading.Thread(target=self._run_inside, name="sekisho-worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way and end; returns when it is done."""
        self._stop.set()
        self._bell.set()
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)
            self._thread = None

    def run_forever(self, stop: threading.Event) -> None:
        """Work in this thread until `stop` is set (and `stop()` or the next look sees it)."""
        self._stop = stop
        self._db.bell = self._bell.set
        self._run()

    def look(self) -> bool:
        """Do one round of everything that is due; True when more mail may wait. Never raises."""
        more = self._mail()
        for step in self._steps:
            if self._due[step] <= wait_clock() and not self._stop.is_set():
                self._due[step] = wait_clock() + step.every.total_seconds()
                self._do(step)
        return more

    def pause(self) -> float:
        """Return for how many seconds to wait for the bell: longer while the store is away."""
        if not self._failures:
            return _LOOK_SECONDS
        return float(min(_LONGEST_BACK_OFF_SECONDS, 0.25 * 2 ** min(self._failures, 10)))

    def _run_inside(self) -> None:
        tell_name()
        self._run()

    def _run(self) -> None:
        more = False
        while not self._stop.is_set():
            if not more:
                self._wait()
            more = self.look()
        self._finish()

    def _wait(self) -> None:
        if self._failures:
            self._stop.wait(self.pause())  # a bell cannot bring the store back
        elif self._bell.wait(self.pause()):
            self._stop.wait(_GATHERING_SECONDS)
        self._bell.clear()

    def _mail(self) -> bool:
        try:
            more = self._mailroom.turn()
        except Unavailable:
            self._failures += 1
            _log.warning("the store is away, mail waits", attempt=self._failures)
            return False
        except Exception as error:  # noqa: BLE001 - the loop outlives every mistake; mail is tried again
            self._failures += 1
            _log.error("mail stopped on an error", error=type(error).__name__)
            return False
        self._failures = 0
        return more

    def _do(self, step: Step) -> None:
        try:
            step.act()
        except Exception as error:  # noqa: BLE001 - one step's failure stops no other step
            _log.error("a step failed", step=step.name, error=type(error).__name__)

    def _finish(self) -> None:
        try:
            self._mailroom.finish(_STOP_SECONDS)
        except Unavailable:
            _log.warning("the store is away; what was under way is tried again after its lease")


def _sweep(db: Database, policy: delivery.Policy) -> Step:
    return Step("sweep messages", timedelta(minutes=10), partial(delivery.sweep, db, policy))
