"""Check-ups: when an owner is asked whether contacts and second step still work (spec P7)."""

from sekisho.records.checkups.actions import look
from sekisho.records.checkups.rules import Checked, Checkup, Health, Policy, Step
from sekisho.records.checkups.store import TABLES, confirm_contacts, confirm_second_step

__all__ = [
    "TABLES",
    "Checked",
    "Checkup",
    "Health",
    "Policy",
    "Step",
    "confirm_contacts",
    "confirm_second_step",
    "look",
]
