"""Test messages: which were sent to an address lately, and how many more may be (spec P9)."""

from sekisho.records.trials.rules import DAY, Policy, may_send
from sekisho.records.trials.store import KEPT, TABLES, add, newest, sent_at, sweep

__all__ = ["DAY", "KEPT", "TABLES", "Policy", "add", "may_send", "newest", "sent_at", "sweep"]
