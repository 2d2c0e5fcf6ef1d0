"""Sessions and familiar browsers: what lets one in, and what only tells it apart (S1, S3)."""

from sekisho.records.sessions.actions import (
    begin,
    check,
    end,
    end_all,
    familiar_device,
    forget,
    last_methods,
    recognised,
)
from sekisho.records.sessions.rules import (
    Device,
    Held,
    Policy,
    Session,
    Started,
    acr,
    device_of,
    ends_at,
)
from sekisho.records.sessions.store import (
    TABLES,
    devices,
    forget_all,
    of_account,
    seen_at,
    sweep,
)

__all__ = [
    "TABLES",
    "Device",
    "Held",
    "Policy",
    "Session",
    "Started",
    "acr",
    "begin",
    "check",
    "device_of",
    "devices",
    "end",
    "end_all",
    "ends_at",
    "familiar_device",
    "forget",
    "forget_all",
    "last_methods",
    "of_account",
    "recognised",
    "seen_at",
    "sweep",
]
