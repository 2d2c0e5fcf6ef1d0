"""Gives the tests of this folder both stores, and the whole service on each."""

from tests.support.enrolled import enrolling
from tests.support.houses import build_house, house
from tests.support.people import asha, noor
from tests.support.stores import chance, clock, db, postgres_url, sqlite_template, store

__all__ = [
    "asha",
    "build_house",
    "chance",
    "clock",
    "db",
    "enrolling",
    "house",
    "noor",
    "postgres_url",
    "sqlite_template",
    "store",
]
