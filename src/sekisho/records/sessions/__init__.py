"""Sessions and familiar browsers: what lets one in, and what only tells it apart (S1, S3)."""

from sekisho.records.sessions.actions import begin, check, end, end_all, familiar_device, recognised
from sekisho.records.sessions.rules import (
    Held,
    Policy,
    Session,
    Started,
    acr,
    device_of,
    ends_at,
)
from sekisho.records.sessions.store import TABLES, of_account, sweep

__all__ = [
    "TABLES",
    "Held",
    "Policy",
    "Session",
    "Started",
    "acr",
    "begin",
    "check",
    "device_of",
    "end",
    "end_all",
    "ends_at",
    "familiar_device",
    "of_account",
    "recognised",
    "sweep",
]
