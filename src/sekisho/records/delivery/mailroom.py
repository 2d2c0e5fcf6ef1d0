"""The mailroom: several hands that hand messages over at once, and one clerk who claims and notes.

The clerk is whoever calls `turn`; only he writes to the store. A slow mail server holds one hand.
"""

import threading
from queue import Empty, SimpleQueue
from typing import TypeVar

import structlog

from sekisho.ground import ids
from sekisho.ground.clock import wait_clock
from sekisho.ground.db import Database
from sekisho.ground.threads import tell_name
from sekisho.records.delivery import sending
from sekisho.records.delivery.post_office import PostOffice
from sekisho.records.delivery.rules import Claimed, Deferred, Outcome, Released

Item = TypeVar("Item")
_log = structlog.get_logger("sekisho.delivery")


class Mailroom:
    """A class because it holds the hands (threads) and what is under way."""

    def __init__(self, db: Database, office: PostOffice, ring: threading.Event) -> None:
        """Wait for the first turn; `ring` is set whenever a hand has a result."""
        self._db = db
        self._office = office
        self._ring = ring
        self._tasks: SimpleQueue[Claimed | None] = SimpleQueue()
        self._done: SimpleQueue[tuple[Claimed, Outcome | None]] = SimpleQueue()
        self._results: list[sending.Result] = []
        self._under_way = 0
        self._hands: list[threading.Thread] = []

    def turn(self) -> bool:
        """Note what came back, claim what there is room for, hand it out; True when more may wait.

        Raises Unavailable when the store is away; results are kept for the next turn.
        """
        policy = self._office.policy
        self._collect()
        room = min(policy.batch, 2 * policy.batch - self._under_way)
        claimed = sending.exchange(self._db, self._results, room, policy)
        self._results = []
        self._hire(len(claimed))
        for message in claimed:
            self._under_way += 1
            self._tasks.put(message)
        return bool(claimed) and len(claimed) == room

    def finish(self, seconds: float) -> None:
        """Let the hands finish what they hold, give the rest back, and note it all."""
        while (message := _take(self._tasks)) is not None:
            self._done.put((message, Released()))
        for _ in self._hands:
            self._tasks.put(None)
        until = wait_clock() + seconds
        for hand in self._hands:
            hand.join(max(0.0, until - wait_clock()))
        self._hands = []
        self._collect()
        sending.exchange(self._db, self._results, 0, self._office.policy)
        self._results = []
        self._office.close()

    def _collect(self) -> None:
        while (result := _take(self._done)) is not None:
            self._under_way -= 1
            message, outcome = result
            if outcome is not None:
                self._results.append((message, outcome))

    def _hire(self, wanted: int) -> None:
        most = self._office.policy.connections
        while len(self._hands) < min(most, self._under_way + wanted):
            name = f"sekisho-mail-{len(self._hands) + 1}"
            hand = threading.Thread(target=self._work, name=name, daemon=True)
            self._hands.append(hand)
            hand.start()

    def _work(self) -> None:
        tell_name()
        while (message := self._tasks.get()) is not None:
            outcome: Outcome | None
            try:
                outcome = sending.hand_over(self._db, self._office, message)
            except Exception as error:  # noqa: BLE001 - a hand never dies; the message is tried again
                name = type(error).__name__
                _log.error("hand-over failed", message=ids.show("msg", message.id), error=name)
                outcome = Deferred(f"failed: {name}")
            self._done.put((message, outcome))
            self._ring.set()


def _take(queue: "SimpleQueue[Item]") -> Item | None:
    try:
        return queue.get_nowait()
    except Empty:
        return None
