"""The mailroom: a desk with hands for each channel, and one clerk who claims and notes.

The clerk is whoever calls `turn`; only he writes to the store. A slow mail server holds one hand of
its desk, and a slow SMS gateway none that carries mail.
"""

import threading
from collections import Counter
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from typing import TypeVar

import structlog

from sekisho.ground import ids
from sekisho.ground.clock import wait_clock
from sekisho.ground.db import Database
from sekisho.ground.threads import tell_name
from sekisho.records.delivery import sending
from sekisho.records.delivery.channels import CHANNELS
from sekisho.records.delivery.post_office import PostOffice
from sekisho.records.delivery.rules import Claimed, Deferred, Outcome, Released

Item = TypeVar("Item")
_Done = tuple[Claimed, Outcome | None]
_log = structlog.get_logger("sekisho.delivery")


class Mailroom:
    """A class because it holds the desks and what came back from them."""

    def __init__(self, db: Database, office: PostOffice, ring: threading.Event) -> None:
        """Wait for the first turn; `ring` is set whenever a hand has a result."""
        self._db = db
        self._office = office
        self._done: SimpleQueue[_Done] = SimpleQueue()
        self._results: list[sending.Result] = []
        self._desks = {
            channel: _Desk(channel, db, office, self._done, ring) for channel in CHANNELS
        }

    def turn(self) -> bool:
        """Note what came back, claim what there is room for, hand it out; True when more may wait.

        Raises Unavailable when the store is away; results are kept for the next turn.
        """
        self._collect()
        room = {channel: desk.room() for channel, desk in self._desks.items()}
        claimed = sending.exchange(self._db, self._results, room, self._office.policy)
        self._results = []
        for channel, desk in self._desks.items():
            desk.take([message for message in claimed if message.channel == channel])
        taken = Counter(message.channel for message in claimed)
        return any(count == room[channel] for channel, count in taken.items())

    def finish(self, seconds: float) -> None:
        """Let the hands finish what they hold, give the rest back, and note it all."""
        until = wait_clock() + seconds
        for desk in self._desks.values():
            desk.close()
        for desk in self._desks.values():
            desk.leave(until)
        self._collect()
        sending.exchange(self._db, self._results, {}, self._office.policy)
        self._results = []
        self._office.close()

    def _collect(self) -> None:
        while (result := _take(self._done)) is not None:
            message, outcome = result
            self._desks[message.channel].under_way -= 1
            if outcome is not None:
                self._results.append((message, outcome))


class _Desk:
    """The hands (threads) of one channel and what waits for them; the clerk alone calls it."""

    def __init__(
        self,
        channel: str,
        db: Database,
        office: PostOffice,
        done: "SimpleQueue[_Done]",
        ring: threading.Event,
    ) -> None:
        self._channel = channel
        self._db = db
        self._office = office
        self._done = done
        self._ring = ring
        self._tasks: SimpleQueue[Claimed | None] = SimpleQueue()
        self._hands: list[threading.Thread] = []
        self.under_way = 0

    def room(self) -> int:
        """Return how many messages more may be claimed for this desk."""
        batch = self._office.policy.batch
        return min(batch, 2 * batch - self.under_way)

    def take(self, messages: Sequence[Claimed]) -> None:
        """Give messages to the hands, of which there are as many as there is work for."""
        self.under_way += len(messages)
        while len(self._hands) < min(self._office.policy.connections, self.under_way):
            name = f"sekisho-{self._channel}-{len(self._hands) + 1}"
            hand = threading.Thread(target=self._work, name=name, daemon=True)
            self._hands.append(hand)
            hand.start()
        for message in messages:
            self._tasks.put(message)

    def close(self) -> None:
        """Give back what no hand holds, and send the hands home."""
        while (message := _take(self._tasks)) is not None:
            self._done.put((message, Released()))
        for _ in self._hands:
            self._tasks.put(None)

    def leave(self, until: float) -> None:
        """Wait for the hands, to this instant of the clock for waits."""
        for hand in self._hands:
            hand.join(max(0.0, until - wait_clock()))
        self._hands = []

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
