"""Gives the tests of this folder an empty store of each kind."""

from tests.support.stores import chance, clock, db, postgres_url, sqlite_template, store

__all__ = ["chance", "clock", "db", "postgres_url", "sqlite_template", "store"]
