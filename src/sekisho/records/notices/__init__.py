"""Notices: which event tells whom. One table; critical ones cannot be turned off (spec N1, N2)."""

from sekisho.records.notices.actions import (
    Addressee,
    addressees,
    choices,
    choose,
    is_sent,
    tell,
    tell_all,
)
from sekisho.records.notices.rules import NOTICES, Choice, Reach, Told, is_kind, may_turn_off
from sekisho.records.notices.store import TABLES

__all__ = [
    "NOTICES",
    "TABLES",
    "Addressee",
    "Choice",
    "Reach",
    "Told",
    "addressees",
    "choices",
    "choose",
    "is_kind",
    "is_sent",
    "may_turn_off",
    "tell",
    "tell_all",
]
