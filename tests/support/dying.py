"""The service dies before each named write and lives again; and every request comes twice.

Each request that writes is sent again until it passes: the process dies once just before the commit
of each step that it comes by, and what the store holds is then what it held before. Once it has
passed, the same request comes again, as when its answer was lost; the first of a path comes to a
service that was started anew.
"""

import io
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from sekisho.ground.db import METADATA, Database, Row, sql
from tests.support.houses import House
from tests.support.stores import TestStore
from tests.support.web_client import Answer

# Whose repetition is meant to do something: asking for a code, or beginning anew.
DIES_AT = frozenset(
    f"{of}.{step}:before"
    for of, steps in {
        "checkups": ("contacts", "second_step"),
        "contact_tests": ("arrived", "send"),
        "contacts": ("add", "charge", "confirm", "remove", "send_again", "wrong"),
        "methods": ("begin", "charge", "confirm", "remove", "rename"),
        "my_account": ("remove_device", "remove_devices"),
        "notices": ("choose",),
        "passkeys": ("add", "spend"),
        "password": ("begin_reset", "reset"),
        "passwords": ("charge", "keep"),
        "push": ("approve", "charge", "deny", "pair", "report", "subscribe"),
        "sign_in": ("ask_by_passkey", "ask", "charge", "pass"),
        "step_up": ("ask", "charge", "pass", "wrong"),
        "trust": ("replayed",),
        "two_step": ("turn",),
    }.items()
    for step in steps
)
_ASKS = ("/flows", "/challenges", "/code", "/sign-in", "/way")
_ALL = {table.name: sql(f'SELECT * FROM "{table.name}"') for table in METADATA.sorted_tables}


class Died(BaseException):
    """The process is gone; nothing catches this on its way out."""


class Mortal:
    """A service that dies; a class because it is the app that every client of the house calls."""

    def __init__(self, house: House, store: TestStore) -> None:
        """Stand between the house and its clients, who are made after this."""
        self.house = house
        self.store = store
        self.watching = store.open(house.clock)
        self.died_at: set[str] = set()
        self.again: dict[str, set[str]] = {}  # what was told when a request came twice
        self.half_done: list[str] = []
        self.spared: set[str] = set()  # steps that this does not die at for now
        self._live = house.app
        house.app = self  # type: ignore[assignment]  # it is called as an app is

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request, however often the service dies over it."""
        body = environ["wsgi.input"].read()
        if environ["REQUEST_METHOD"] == "GET":
            return self._ask(environ, body, start)
        while True:
            held = self._watch()
            try:
                answered = self._ask(environ, body, start)
            except Died as death:
                self._lives_again()
                if self.dump() != held[0]:
                    self.half_done.append(str(death))
                continue
            self.house.db.step = lambda _: None
            self._comes_again(environ, body)
            return answered

    def dump(self) -> list[tuple[str, list[Row]]]:
        """All that the store holds."""
        return [(name, _rows(self.watching, name)) for name in _ALL]

    def close(self) -> None:
        """Close what only this opened."""
        self.watching.store.close()
        self.house.db.store.close()

    def _watch(self) -> list[Any]:
        """Let the process die before the next step that it has not died at."""
        held: list[Any] = []

        def reached(step: str) -> None:
            if step.endswith(":before") and step not in self.died_at | self.spared:
                self.died_at.add(step)
                held[:] = [self.dump()]
                raise Died(step)

        self.house.db.step = reached
        return held

    def _lives_again(self) -> None:
        """Start the service anew on the same store."""
        old = self.house.db
        self.house.db = self.store.open(self.house.clock, old.chance)
        old.store.close()
        self.house.__post_init__()
        self.house.__dict__.pop("office", None)
        self._live, self.house.app = self.house.app, self  # type: ignore[assignment]  # as above

    def _comes_again(self, environ: WSGIEnvironment, body: bytes) -> None:
        path, method = str(environ["PATH_INFO"]), str(environ["REQUEST_METHOD"])
        if path.endswith(_ASKS):
            return
        place = f"{method} {_shape(path)}"
        if place not in self.again:
            self._lives_again()
        told: list[str] = []

        def start(status: str, *_: object) -> Callable[[bytes], object]:
            told.append(status.split(maxsplit=1)[0])
            return lambda _: None

        octets = b"".join(self._ask(environ, body, start))
        answer = Answer(int(told[0]), (("Content-Type", _kind(octets)),), octets)
        self.again.setdefault(place, set()).add(answer.code or told[0])

    def _ask(self, environ: WSGIEnvironment, body: bytes, start: StartResponse) -> Iterable[bytes]:
        return list(self._live({**environ, "wsgi.input": io.BytesIO(body)}, start))


def _rows(db: Database, table: str) -> list[Row]:
    return sorted(db.read(lambda work: work.all(_ALL[table])), key=repr)


def _kind(octets: bytes) -> str:
    return "application/problem+json" if b'"request_id"' in octets else "text/html"


def _shape(path: str) -> str:
    """Return a path without its ids."""
    return "/".join(
        "…" if part[:4] in ("flw_", "chl_", "ses_", "ctc_", "mtd_", "dev_") else part
        for part in path.split("/")
    )
