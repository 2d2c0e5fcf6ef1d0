"""The verbs of marks. Only who knows the key can tell whose a mark is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from sekisho.ground.clock import micros
from sekisho.ground.db import Work
from sekisho.ground.keys import Keys
from sekisho.records.delivery.reached import store
from sekisho.records.delivery.reached.store import Failure
from sekisho.records.delivery.rules import Report

_MARK_BYTES = 16
_KEPT = timedelta(days=400)  # a check-up a year later still tells of it


def mark(keys: Keys, to: str) -> bytes:
    """Return what stands for an address or number, in any spelling of its letters."""
    return keys.mac("reached/v1", to.lower().encode())[:_MARK_BYTES]


def refused(work: Work, address: bytes, message: int) -> None:
    """Mark an address whose server would not take a message."""
    store.fail(work, address, message)


def accepted(work: Work, addresses: Sequence[bytes]) -> None:
    """Take back marks of refusals: their servers take messages again. A bounce is told later."""
    store.forget_refused(work, addresses)


def reported(work: Work, told: Report) -> None:
    """Mark, or unmark, the address of a message by what its gateway told later (spec D4)."""
    if told.word == "bounced":
        store.bounce(work, told.message)
    else:
        store.deliver(work, told.message)


def arrived(work: Work, to: str) -> None:
    """Take a mark back: the person says that a message arrived."""
    store.forget(work, mark(work.keys, to))


def failures(work: Work, addresses: Iterable[str]) -> Mapping[str, Failure]:
    """Return which of these addresses or numbers are marked, and since when."""
    marks = {mark(work.keys, to): to for to in addresses}
    return {marks[address]: failure for address, failure in store.find(work, list(marks)).items()}


def sweep(work: Work) -> int:
    """Forget up to 1,000 marks that are older than a year; return how many."""
    return store.sweep(work, micros(work.now - _KEPT))
