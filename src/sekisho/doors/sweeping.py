"""What falls due besides mail: rows past their retention go, and the store remembers the time."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from sekisho.authenticators import passkey, push
from sekisho.doors import policies
from sekisho.doors.settings import Settings
from sekisho.doors.worker import Step
from sekisho.ground import ids
from sekisho.ground.clock import micros
from sekisho.ground.db import Database, Work, sql
from sekisho.records import (
    activity,
    contacts,
    flows,
    limits,
    methods,
    proofs,
    sessions,
    spending,
    trials,
    trust,
)
from sekisho.records.delivery import reached

_FLOWS_KEPT = timedelta(days=1)  # SECURITY.md 5.1: a code's row goes a day after it expired
_BOOKS_KEPT = timedelta(days=91)  # the longest window is 90 days
_DEVICES_KEPT = timedelta(days=400)  # as long as browsers keep the cookie
_CHALLENGES_KEPT = timedelta(days=1)  # a spent one; it lived ten minutes at most
_BATCHES = 50  # of 1,000 rows in one round
_HIGH_WATER = sql(
    "INSERT INTO meta (name, value) VALUES ('high_water', :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


def steps(db: Database, settings: Settings) -> tuple[Step, ...]:
    """Return the steps of the worker."""
    seen, trusting = policies.activity(settings), policies.trusting(settings)
    sweeps: dict[str, Callable[[Work], int]] = {
        "flows": lambda work: flows.sweep(work, ids.floor(work.now - _FLOWS_KEPT)),
        "books": lambda work: limits.sweep(work, micros(work.now - _BOOKS_KEPT)),
        "events": lambda work: activity.sweep(work, work.now - seen.kept),
        "contacts": lambda work: contacts.sweep(
            work, work.now - contacts.REMEMBERED, work.now - contacts.PENDING
        ),
        "methods": lambda work: methods.sweep(work, methods.Policy()),
        "passkey challenges": lambda work: passkey.sweep(work, micros(work.now - _CHALLENGES_KEPT)),
        "phones": push.sweep,
        "phone spending": spending.sweep,
        "tests": lambda work: trials.sweep(work, work.now - trials.KEPT),
        "unreached": reached.sweep,
        "proofs": lambda work: proofs.sweep(work, micros(work.now - proofs.LIFE)),
        "sessions": lambda work: sessions.sweep(
            work, ids.floor(work.now), micros(work.now - _DEVICES_KEPT)
        ),
        "trust": lambda work: trust.sweep(
            work, ids.floor(work.now - trusting.unused), micros(work.now - trusting.unused)
        ),
    }
    every = timedelta(minutes=10)
    return (
        *(
            Step(f"sweep {name}", every, partial(_all, db, name, act))
            for name, act in sweeps.items()
        ),
        Step("high-water mark", timedelta(minutes=1), partial(mark_time, db)),
    )


def mark_time(db: Database) -> int:
    """Keep the time as the store's high-water mark, if the clock can be believed (attack 126)."""
    if not db.clock.is_steady():
        return 0
    value = str(micros(db.clock.now()))
    db.write("mark_time", lambda work: work.keep(_HIGH_WATER, value=value))
    return 1


def _all(db: Database, name: str, act: Callable[[Work], int]) -> int:
    done = 0
    for _ in range(_BATCHES):
        swept = db.write(f"sweep.{name}", act)
        done += swept
        if not swept:
            break
    return done
