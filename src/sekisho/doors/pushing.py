"""How push messages leave the house: Web Push to the phones that the store knows."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import msgspec

from sekisho.authenticators import push
from sekisho.authenticators.push import api as push_api
from sekisho.authenticators.push import pages as push_pages
from sekisho.doors import policies
from sekisho.doors.settings import Settings
from sekisho.ground import ids
from sekisho.ground.db import Database
from sekisho.records import limits
from sekisho.records.delivery.letters import Form
from sekisho.records.delivery.post_office import PostOffice, Provider
from sekisho.records.delivery.providers import web_push_sealing as sealing
from sekisho.records.delivery.providers.web_push_sealing import Address, Means
from sekisho.records.delivery.rules import Accepted, Deferred, Draft, Rejected
from sekisho.web.routing import Route
from sekisho.web.site import Site


class _Note(msgspec.Struct):
    """What of a push message says for whom it is."""

    ask: str


class StoredPhones:
    """The phones of the store; a class because the provider holds it."""

    def __init__(self, db: Database) -> None:
        """Ask this store."""
        self._db = db

    def of(self, draft: Draft) -> list[Address]:
        """Return whom a message is for, at this moment: nobody once its ask is over."""
        number = ids.read("chl", msgspec.json.decode(draft.raw, type=_Note).ask)
        if number is None:
            return []
        reached = self._db.read(lambda work: push.told_of(work, number))
        return [
            Address(
                number=one.method,
                endpoint=one.reach.endpoint,
                public_key=one.reach.public_key,
                secret=one.reach.secret,
                sealed=one.sealed,
            )
            for one in reached
        ]

    def gone(self, address: Address) -> None:
        """Forget an address that is over."""
        self._db.write(
            "push.forget", lambda work: push.forget(work, address.number, address.sealed)
        )


class Push:
    """Web Push, ready with its first message; a class because it holds the connections."""

    def __init__(self, db: Database, means: Means) -> None:
        """Hold nothing yet."""
        self._phones = StoredPhones(db)
        self._means = means
        self._lock = threading.Lock()
        self._provider: Provider | None = None

    def send(self, draft: Draft) -> Accepted | Deferred | Rejected:
        """Tell the phones that a message is for."""
        with self._lock:
            if self._provider is None:
                # Here, not above: 0.2 s at each start that most services never need.
                from sekisho.records.delivery.providers.web_push import WebPush  # noqa: PLC0415

                self._provider = WebPush(self._phones, self._means)
        return self._provider.send(draft)

    def close(self) -> None:
        """Hang up."""
        if self._provider is not None:
            self._provider.close()


def letters(package: Path, facts: Mapping[str, str | int]) -> dict[str, Form]:
    """Return the letters of push, by their kinds."""
    notices = package / "records/notices/letters"
    wakes = package / "authenticators/push/letters/push_ask"
    return {
        "push_ask": Form(wakes, facts={"ask": "chl_0000000000001"}, is_push=True),
        "push_blocked": Form(notices / "push_blocked", facts=facts),
        "push_denied": Form(notices / "push_denied", facts=facts),
    }


def with_push(office: PostOffice, db: Database, origin: str, *, is_dev: bool) -> PostOffice:
    """Return an office that sends push messages too; in `dev` they stay in the inbox.

    Where the service itself is reached by http, which is on this machine, push services may be.
    """
    if is_dev:
        return office
    loopback = origin.startswith("http://")
    contact = f"mailto:{office.mail_from.address}"
    means = Means(sealing.sender(db.keys, contact), db.chance, db.clock, loopback)
    return replace(office, providers={**office.providers, "push": Push(db, means)})


def routes(settings: Settings, site: Site, gate: limits.Gate) -> tuple[Route, ...]:
    """Return the ways in for phones."""
    policy, loopback = policies.pushes(settings), not site.is_secure
    return push_api.routes(site.db, policy, gate, loopback=loopback)


def pages(site: Site, static: Path) -> tuple[Route, ...]:
    """Return the phone's page and what belongs to it."""
    key = sealing.text_of(sealing.sender(site.db.keys, "").public_key)
    return push_pages.routes(site.service_name, key, static)
