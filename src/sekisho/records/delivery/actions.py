"""The verbs of the outbox that others call; the worker's verbs lie in `sending.py`."""

from sekisho.ground.db import Database, Work
from sekisho.records.delivery import reached, sealing, store
from sekisho.records.delivery.rules import Letter, Policy, Report

_SWEEP_BATCH = 500  # rows; one batch is one short transaction
_LONGEST_TIMELINE = 40  # entries; a gateway that goes on reporting is no longer written down
_SWEEP_BATCHES = 20  # in one call, so that the worker comes back to its mail


def post(work: Work, letter: Letter) -> int:
    """Put a letter into the outbox with the work that asks for it; return the message's id."""
    number = work.new_id()
    sealed = sealing.seal(letter, number, work.keys, work.chance)
    store.keep(work, number, letter, sealed, reached.mark(work.keys, letter.to))
    work.ring()
    return number


def supersede(work: Work, message: int) -> None:
    """Take back a message that was not handed over yet: a newer one replaces it."""
    store.supersede(work, message)


def seen(work: Work, message: int) -> store.Sent | None:
    """Return one message, with its timeline; None where it is no longer kept."""
    return store.seen(work, message)


def recent(work: Work, limit: int, after: int | None = None) -> list[store.Sent]:
    """Return the newest messages, or those that follow `after` in that list."""
    return store.recent(work, limit, after)


def parked(work: Work, limit: int = 100) -> list[store.Sent]:
    """Return the newest messages that were given up, with their causes."""
    return store.parked(work, limit)


def report(work: Work, told: Report) -> bool:
    """Write a gateway's report into the message's timeline, once; say whether it was new.

    A callback that is sent again, or kept and replayed, changes nothing.
    """
    moments = store.timeline(work, told.message)
    if moments is None or len(moments) >= _LONGEST_TIMELINE:
        return False
    if any((one.state, one.detail) == (told.word, told.detail) for one in moments):
        return False
    store.append(work, told.message, told.word, told.detail)
    reached.reported(work, told)
    return True


def sweep(db: Database, policy: Policy) -> int:
    """Remove messages past their retention, in short transactions; return how many."""
    removed = 0
    for _ in range(_SWEEP_BATCHES):
        count = db.write("delivery.sweep", lambda work: _remove_batch(work, policy))
        removed += count
        if count < _SWEEP_BATCH:
            break
    return removed


def _remove_batch(work: Work, policy: Policy) -> int:
    return store.remove_old(work, work.now - policy.kept, _SWEEP_BATCH)
