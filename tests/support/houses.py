"""The whole service over a test's store: routes, pages, mail and a clock that is moved.

A conftest.py that imports the fixtures gives them to its folder: `house` (as `sekisho dev` with sign-up open, any
host), `closed_house`, `secure_house` (as `sekisho serve` at https://id.example.com), `build_house` for any settings.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pytest

from sekisho.doors import house as doors_house
from sekisho.doors import people as doors_people
from sekisho.doors import sweeping
from sekisho.doors.settings import Settings, gather
from sekisho.ground import addresses, ids
from sekisho.ground.db import Database
from sekisho.records.delivery import sending
from sekisho.records.delivery.channels import CHANNELS
from sekisho.records.delivery.post_office import PostOffice
from sekisho.records.delivery.providers.inbox import Entry, Inbox
from sekisho.web.routing import Route, make_app
from tests.support.material import MovedClock
from tests.support.web_client import WINDOWS, Client

SECURE = "https://id.example.com"
_OFFICES: dict[frozenset[tuple[str, object]], PostOffice] = {}
HERE = "203.0.113.7"  # TEST-NET-3: no country has it


@dataclass
class House:
    """A service that runs in this process, and all that leaves it."""

    db: Database
    clock: MovedClock
    settings: Settings
    is_dev: bool
    built: doors_house.House = field(init=False)

    def __post_init__(self) -> None:
        """Build it; no worker runs, mail is sent when the inbox is looked at."""
        self.built = doors_house.furnish(self.settings, self.db, is_dev=self.is_dev, sends=False)
        self.app = make_app(self.built.site, self.built.routes)
        self.mail = self.built.inbox or Inbox(self.settings.folder)
        self.origin = self.built.site.origin or "http://localhost"

    @property
    def routes(self) -> tuple[Route, ...]:
        """Every way in."""
        return self.built.routes

    @cached_property
    def office(self) -> PostOffice:
        """How its mail leaves, into the inbox."""
        key = frozenset(self.settings.values.items())
        if key not in _OFFICES:  # compiling the letters takes longer than most tests
            _OFFICES[key] = doors_house.post_office(self.settings, self.mail)
        return replace(_OFFICES[key], providers=dict.fromkeys(CHANNELS, self.mail))

    @cached_property
    def api(self) -> Client:
        """A client at an address of no country."""
        return self.client()

    @property
    def inbox(self) -> "Letters":
        """Every message so far."""
        return Letters(self)

    def client(self, ip: str = HERE, agent: str = WINDOWS, language: str = "en") -> Client:
        """Make another client."""
        return Client(self.app, self.origin, ip, agent, language)

    def make_account(self, address: str, language: str | None = "en") -> str:
        """Make an account as an operator does, and return its id."""
        email = addresses.parse_email(address)
        assert email is not None, address
        made = doors_people.make(self.db, email, language)
        assert made is not None, address
        return ids.show("acc", made)

    def send_mail(self) -> None:
        """Do what the worker does, until nothing is due."""
        while sending.send_due(self.db, self.office):
            pass

    def sweep(self) -> None:
        """Do once all else that falls due."""
        for step in sweeping.steps(self.db, self.settings):
            step.act()


@dataclass(frozen=True)
class Letters:
    """The messages that left a house."""

    house: House

    def all(self, to: str | None = None) -> list[Entry]:
        """Every message, newest first, after what is due was sent."""
        self.house.send_mail()
        return self.house.mail.messages(to)

    def codes(self, to: str | None = None) -> list[Entry]:
        """The messages that carry a code."""
        return [letter for letter in self.all(to) if letter.code]

    def notices(self, to: str | None = None) -> list[Entry]:
        """The messages that carry none."""
        return [letter for letter in self.all(to) if not letter.code]

    def code(self, to: str | None = None) -> str:
        """The newest code."""
        found = self.codes(to)[0].code
        assert found is not None
        return found


BuildHouse = Callable[..., House]


@pytest.fixture
def build_house(db: Database, clock: MovedClock, tmp_path: Path) -> BuildHouse:
    """Build a house on the test's store by its settings, named as in `sekisho.toml`."""

    def build(*, is_dev: bool = True, over: Database | None = None, **values: object) -> House:
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        flags = {name.replace("__", "."): str(value) for name, value in values.items()}
        return House(over or db, clock, gather(folder, {"sign_up": "open"} | flags, {}), is_dev)

    return build


@pytest.fixture
def house(build_house: BuildHouse) -> House:
    """A house as `sekisho dev` builds it."""
    return build_house()


@pytest.fixture
def closed_house(build_house: BuildHouse) -> House:
    """A house where nobody makes an account by himself."""
    return build_house(sign_up="closed")


@pytest.fixture
def secure_house(build_house: BuildHouse) -> House:
    """A house as `sekisho serve` builds it, behind https."""
    return build_house(is_dev=False, public_url=SECURE, trusted_proxies="10.0.0.0/8")
