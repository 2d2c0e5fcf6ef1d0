"""What is driven: the product and two peers, all by the same four operations."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bench.client import Line
from bench.driving import Meters
from bench.mailbox import Mailbox
from bench.postgres import Postgres


@dataclass(frozen=True, slots=True)
class Person:
    """One of the accounts made beforehand; each comes from a network of its own.

    `device` is what the subject knows a familiar caller by, nothing for a stranger.
    """

    number: int
    device: bytes = field(default=b"", repr=False)

    @property
    def address(self) -> str:
        """The sign-in name."""
        return f"person{self.number}@people.example"

    @property
    def source(self) -> bytes:
        """An IPv4 address that shares its /24 with nobody else of the first five million."""
        high, low = divmod(self.number, 65536)
        return b"%d.%d.%d.9" % (20 + high, low >> 8, low & 255)


@dataclass(frozen=True, slots=True)
class Asked:
    """A code that was asked for: whose, and what the subject needs to check it."""

    person: Person
    handle: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in; `proof` is the header that says so, `device` makes them familiar."""

    person: Person
    proof: bytes = field(repr=False)
    device: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """What a subject is given to live in: which store, folders, the database and the mail sink.

    `passwords` is how many have one, beyond the `people`, whose numbers theirs follow.
    """

    store: str
    folder: Path
    peers: Path
    people: int
    postgres: Postgres | None
    mailbox: Mailbox
    passwords: int = 0


class Subject(Protocol):
    """Something that signs people in with a code by mail."""

    name: str
    port: int

    def prepare(self) -> None:
        """Make the store and the accounts, once."""

    def start(self) -> None:
        """Start the servers."""

    def stop(self) -> None:
        """Stop the servers."""

    def meters(self) -> Meters:
        """Return what to read processor time from."""

    def memory_mib(self) -> dict[str, float]:
        """Return the peak of each kind of process, the largest of its kind."""

    async def ask(self, line: Line, person: Person) -> Asked:
        """Ask for a code."""

    async def code(self, asked: Asked) -> str:
        """Return the code that was sent, waiting for the mail where there is one."""

    async def check(self, line: Line, asked: Asked, code: str) -> Session:
        """Answer with the code and be signed in."""

    async def look(self, line: Line, session: Session) -> None:
        """Ask whether the session holds, and be told that it does."""
