"""Activity: what happened to an account, one row an event, written in the same transaction."""

from sekisho.records.activity.actions import record
from sekisho.records.activity.events import KINDS, NOBODY, Event, Kind
from sekisho.records.activity.store import TABLES, Seen, recent, sweep

__all__ = ["KINDS", "NOBODY", "TABLES", "Event", "Kind", "Seen", "recent", "record", "sweep"]
