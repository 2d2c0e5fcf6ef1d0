"""The schema's steps make what the features' tables say, on an empty store of each kind."""

import sqlite3
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import sekisho.doors.house  # noqa: F401 - brings every feature's tables
from sekisho.ground import keys
from sekisho.ground.chance import SystemChance
from sekisho.ground.db import METADATA, Statement, sql
from sekisho.ground.keys import KeyFileError
from sekisho.ground.sqlite import SqliteStore
from sekisho.migrations import schema
from sekisho.migrations.schema import StoreError


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    url: str = request.getfixturevalue("postgres_url")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS migrated")
        connection.execute("CREATE DATABASE migrated")
    return url.replace("/postgres?", "/migrated?")


def test_an_empty_store_becomes_what_the_tables_say(empty: str) -> None:
    """No table, column or index differs."""
    assert schema.migrate(empty) is None
    with schema.engine_of(empty).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_migrating_twice_changes_nothing(empty: str) -> None:
    """The second run finds the head."""
    schema.migrate(empty)
    assert schema.migrate(empty) == schema.HEAD
    assert schema.revision(empty) == schema.HEAD


def test_a_key_is_made_for_an_empty_store_only(empty: str, tmp_path: Path) -> None:
    """A lost key is not silently replaced, and another's key opens nothing."""
    schema.migrate(empty)
    path = tmp_path / "root.key"
    made = schema.keys_of(empty, path, SystemChance())
    assert path.stat().st_mode & 0o777 == 0o600
    assert schema.keys_of(empty, path, SystemChance()) == made
    path.rename(tmp_path / "kept.key")
    with pytest.raises(StoreError, match="missing"):
        schema.keys_of(empty, path, SystemChance())
    keys.make(path, SystemChance())
    with pytest.raises(StoreError, match="not the root key"):
        schema.keys_of(empty, path, SystemChance())


def test_a_key_that_others_can_read_is_refused(empty: str, tmp_path: Path) -> None:
    """The text says what to do."""
    schema.migrate(empty)
    path = tmp_path / "root.key"
    schema.keys_of(empty, path, SystemChance())
    path.chmod(0o640)
    with pytest.raises(KeyFileError, match="chmod 600"):
        schema.keys_of(empty, path, SystemChance())


def test_sqlite_keeps_what_was_committed_at_a_power_cut(tmp_path: Path) -> None:
    """WAL with synchronous=FULL, read back from a store that the product opened."""
    url = f"sqlite:///{tmp_path / 'one.db'}"
    schema.migrate(url)
    store = SqliteStore(tmp_path / "one.db")
    with store.writing(frozenset()) as tx:
        assert [row[0] for row in tx.fetch(_pragma("journal_mode"), {})] == ["wal"]
        assert [row[0] for row in tx.fetch(_pragma("synchronous"), {})] == [2]
    store.close()
    assert sqlite3.connect(tmp_path / "one.db").execute("PRAGMA integrity_check").fetchone() == (
        "ok",
    )


def _pragma(name: str) -> Statement:
    return sql(f"PRAGMA {name}")


def test_nodes_that_start_at_once_on_an_empty_store_share_one_key(
    empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another node makes the key and claims the store between our look and our claim."""
    schema.migrate(empty)
    path = tmp_path / "root.key"
    make = keys.make
    first: list[keys.Keys] = []

    def late(where: Path, chance: SystemChance) -> keys.Keys:
        monkeypatch.setattr(keys, "make", make)
        first.append(schema.keys_of(empty, where, chance))
        return make(where, chance)

    monkeypatch.setattr(keys, "make", late)
    assert schema.keys_of(empty, path, SystemChance()) == first[0]
