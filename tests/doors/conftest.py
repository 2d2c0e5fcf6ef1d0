"""Gives the tests of this folder an empty store of each kind, and the whole service on it."""

from tests.support.houses import build_house, house, secure_house
from tests.support.stores import chance, clock, db, postgres_url, sqlite_template, store

__all__ = [
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
