"""Reading an account's recent activity."""

from dataclasses import dataclass
from datetime import timedelta

from sekisho.ground.db import Work
from sekisho.records import activity
from sekisho.records.activity import Seen


@dataclass(frozen=True, slots=True)
class Policy:
    """How long an owner sees events; the store keeps them longer, for audit."""

    shown: timedelta = timedelta(days=30)
    kept: timedelta = timedelta(days=90)


def recent(
    work: Work, policy: Policy, account: int, most: int, before: int | None
) -> tuple[list[Seen], int | None]:
    """Return up to `most` events older than the id `before`, and the id to go on from."""
    since = work.now - policy.shown
    found = activity.recent(work, account, since=since, most=most + 1, before=before)
    shown = found[:most]
    return shown, shown[-1].id if len(found) > most else None
