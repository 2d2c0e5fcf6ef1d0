"""The one verb of activity; it needs a work, so an event cannot stand outside a transaction."""

from sekisho.ground.db import Work
from sekisho.records.activity import store
from sekisho.records.activity.events import Event


def record(work: Work, event: Event) -> None:
    """Record what happened."""
    store.add(work, event)
