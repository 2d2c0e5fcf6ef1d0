"""Gives the tests of this folder the whole service on each store, and people who use it."""

from tests.support.carrying import carrying
from tests.support.enrolled import enrolling
from tests.support.guarded import cautious, guarded
from tests.support.houses import build_house, closed_house, house, secure_house
from tests.support.people import asha, ben, noor
from tests.support.settled import settled
from tests.support.signing import equipped, strict
from tests.support.stores import chance, clock, db, postgres_url, sqlite_template, store
from tests.support.trusting import trusting
from tests.support.whole import supplied, whole

__all__ = [
    "asha",
    "ben",
    "build_house",
    "carrying",
    "cautious",
    "chance",
    "clock",
    "closed_house",
    "db",
    "enrolling",
    "equipped",
    "guarded",
    "house",
    "noor",
    "postgres_url",
    "secure_house",
    "settled",
    "sqlite_template",
    "store",
    "strict",
    "supplied",
    "trusting",
    "whole",
]
