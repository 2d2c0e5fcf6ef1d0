"""Notices: which event tells whom. One table; critical ones cannot be turned off (spec N1, N2)."""

from sekisho.records.notices.actions import Addressee, addressees, tell, tell_all
from sekisho.records.notices.rules import NOTICES, Told

__all__ = ["NOTICES", "Addressee", "Told", "addressees", "tell", "tell_all"]
