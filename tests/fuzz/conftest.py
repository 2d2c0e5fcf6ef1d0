"""Gives the tests of this folder the whole service on each store, and people who use it."""

from tests.support.houses import build_house, house, secure_house
from tests.support.people import asha, ben
from tests.support.stores import chance, clock, db, postgres_url, sqlite_template, store

__all__ = [
    "asha",
    "ben",
    "build_house",
    "chance",
    "clock",
    "db",
    "house",
    "postgres_url",
    "secure_house",
    "sqlite_template",
    "store",
]
