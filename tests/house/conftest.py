"""Gives the tests of this folder the whole service on an empty store of each kind."""

from tests.support.houses import build_house, house
from tests.support.stores import chance, clock, db, postgres_url, sqlite_template, store

__all__ = [
    "build_house",
    "chance",
    "clock",
    "db",
    "house",
    "postgres_url",
    "sqlite_template",
    "store",
]
