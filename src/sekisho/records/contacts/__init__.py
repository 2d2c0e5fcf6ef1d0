"""Contacts: verified addresses of accounts, sealed, found by a blind index. (Phones come later.)"""

from sekisho.records.contacts.actions import add, address, blind, stand_in
from sekisho.records.contacts.store import TABLES, Found, find, of_account

__all__ = ["TABLES", "Found", "add", "address", "blind", "find", "of_account", "stand_in"]
