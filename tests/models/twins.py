"""The whole service twice, on SQLite and on PostgreSQL, from the same chance and the same clock.

Every request goes to both; whatever is not equal to the last byte is an error. So the tests of
this folder speak to one service, and each of their steps compares the two stores.
"""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from sekisho.doors.settings import Settings, gather
from sekisho.ground.db import METADATA, Work, sql
from sekisho.records.delivery.rules import Accepted, Draft
from tests.support.houses import House
from tests.support.material import MovedClock, SeededChance
from tests.support.stores import TestStore
from tests.support.web_client import Answer

Outcome = TypeVar("Outcome")
_CHEAP = ("passwords.memory_kib", "passwords.passes")
_NONE: Mapping[str, str] = {}
_PURPOSES = {"sign_up": "sign_in"}  # a letter of its own in a flow of the same purpose (API.md)


@dataclass(frozen=True)
class Letter:
    """A message that left, as far as the model tells it."""

    to: str
    purpose: str
    code: str | None
    label: str | None


class _Mailbag:
    """Takes every message; emptied after each act."""

    def __init__(self) -> None:
        self._drafts: list[Draft] = []

    def send(self, draft: Draft) -> Accepted:
        self._drafts.append(draft)
        return Accepted("in the bag")

    def empty(self) -> list[Draft]:
        drafts, self._drafts = self._drafts, []
        return drafts

    def close(self) -> None:
        """Nothing is held open."""


class Twins:
    """Both services; a class because it holds them. Houses are kept from one life to the next."""

    def __init__(self, folder: Path, template: Path, url: str) -> None:
        """Know where the stores are."""
        self._folder, self._template, self._url = folder, template, url
        self._lives = count()
        self.life = 0  # the how-manieth this is
        self._made: dict[tuple[tuple[str, str], ...], tuple[House, House]] = {}
        self._rung: set[int] = set()  # whose works left a message
        self._stores: tuple[TestStore, TestStore]
        self._houses: tuple[House, House]

    def begin(self, flags: Mapping[str, str]) -> None:
        """Begin a life: empty stores, the clock and chance at their beginnings."""
        self.life = next(self._lives)
        file = shutil.copyfile(self._template, self._folder / f"life-{self.life}.db")
        _empty(self._url)
        self._stores = (TestStore("sqlite", str(file)), TestStore("postgresql", self._url))
        key = tuple(sorted(flags.items()))
        if key not in self._made:
            self._made[key] = (self._house(flags), self._house(flags))
        self._houses = self._made[key]
        for house, store in zip(self._houses, self._stores, strict=True):
            db = store.open(MovedClock(), SeededChance())
            house.clock = db.clock
            house.db.store, house.db.clock, house.db.chance = db.store, db.clock, db.chance
            house.mail.empty()
        self._rung.clear()
        for place, house in enumerate(self._houses):
            house.db.bell = partial(self._rung.add, place)

    def _house(self, flags: Mapping[str, str]) -> House:
        db = self._stores[0].open(MovedClock())
        house = House(db, db.clock, _settings(self._folder, flags), is_dev=True)
        house.mail = _Mailbag()
        return house

    def end(self) -> None:
        """Compare all that the two stores hold, and let go of them."""
        try:
            one, other = (_rows(house) for house in self._houses)
            unlike = [name for name in one if one[name] != other[name]]
            assert not unlike, [(name, one[name], other[name]) for name in unlike]
        finally:
            for house in self._houses:
                house.db.store.close()
            for file in self._folder.glob("life-*"):
                file.unlink()

    def on_both(self, act: Callable[[House], Outcome]) -> Outcome:
        """Do the same to both; what comes back must be equal."""
        one, other = (act(house) for house in self._houses)
        assert one == other
        return one

    def move(self, seconds: float) -> None:
        """Move both clocks."""
        for house in self._houses:
            house.clock.move(seconds=seconds)

    def restart(self) -> None:
        """Close both stores and open them again, as a new process would."""
        for house, store in zip(self._houses, self._stores, strict=True):
            house.db.store.close()
            house.db.store = store.open(house.clock).store

    def send(
        self, ip: str, method: str, path: str, body: object, headers: Mapping[str, str] = _NONE
    ) -> Answer:
        """Send one request to both."""
        octets = b"" if body is None else json.dumps(body).encode()
        return self.on_both(lambda house: house.client(ip).send(method, path, octets, headers))

    def letters(self) -> list[Letter]:
        """What left since the last look."""
        if not self._rung:
            return []
        assert {0, 1} == self._rung
        self._rung.clear()
        drafts = self.on_both(_sent)
        return [
            Letter(one.to, _PURPOSES.get(one.kind, one.kind), one.code, one.label) for one in drafts
        ]


def _settings(folder: Path, flags: Mapping[str, str]) -> Settings:
    """Return the settings; hashes are as cheap as Argon2 gets, far below what settings allow."""
    cheap = {name: int(flags[name]) for name in _CHEAP if name in flags}
    found = gather(folder, {name: flags[name] for name in flags if name not in cheap}, {})
    return replace(found, values={**found.values, **cheap})


def _sent(house: House) -> list[Draft]:
    house.send_mail()
    return sorted(house.mail.empty(), key=lambda draft: draft.id)  # one claim has no order


def _rows(house: House) -> dict[str, list[Any]]:
    return {table.name: house.db.read(_all_of(table)) for table in METADATA.sorted_tables}


def _all_of(table: Any) -> Callable[[Work], list[Any]]:
    columns = ", ".join(column.name for column in table.columns)
    order = ", ".join(column.name for column in table.primary_key.columns)
    found = sql(f"SELECT {columns} FROM {table.name} ORDER BY {order}")
    return lambda work: [tuple(row) for row in work.all(found)]


def _empty(url: str) -> None:
    tables = reversed(METADATA.sorted_tables)
    with psycopg.connect(url, autocommit=True, options="-c lock_timeout=10s") as connection:
        connection.execute("; ".join(f'DELETE FROM "{table.name}"' for table in tables).encode())
