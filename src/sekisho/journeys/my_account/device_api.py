"""Trusted and familiar devices for programs: look, remove one or all (API.md, "A session")."""

from functools import partial

import msgspec

from sekisho.ground import ids
from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import device_words
from sekisho.journeys.my_account import devices
from sekisho.journeys.my_account.devices import Browser, Policy
from sekisho.records.sessions import Session, guard
from sekisho.web import bodies
from sekisho.web.calls import Call
from sekisho.web.places import PlaceShape, show_place
from sekisho.web.refusals import show
from sekisho.web.replies import Empty, Json, Reply
from sekisho.web.routing import Route


class DeviceListed(msgspec.Struct):
    """A browser that the account knows; where `trusted_until` is set, it is trusted too."""

    id: str
    device: str
    place: PlaceShape
    first_used_at: str
    last_used_at: str
    trusted_at: str | None
    trusted_until: str | None
    sessions: int
    current: bool


class DeviceList(msgspec.Struct):
    """The account's browsers, the caller's first; `older` more were not used for long."""

    data: list[DeviceListed]
    older: int
    next: str | None


class RemoveAll(msgspec.Struct, forbid_unknown_fields=True):
    """Remove every browser; `keep_current` lets the caller's stay."""

    keep_current: bool = True


class DevicesRemoved(msgspec.Struct):
    """How many browsers were removed, and what ended with them."""

    removed: int
    ended: int
    trusted_devices: int


_REMOVE_ALL = msgspec.json.Decoder(RemoveAll)


def routes(db: Database, policy: Policy) -> tuple[Route, ...]:
    """Return the ways in for programs."""
    inside = partial(guard.for_programs, db, policy.sessions)
    return (
        Route(
            "GET",
            "/api/v1/devices",
            inside(partial(list_all, db, policy)),
            answers={200: DeviceList},
            refusals=guard.READS,
            tells="List the browsers that the account knows, and those that it trusts.",
        ),
        Route(
            "DELETE",
            "/api/v1/devices/{device}",
            inside(partial(remove, db, policy)),
            answers={204: None},
            refusals=(*guard.WRITES, Reason.NOT_FOUND),
            tells="Remove a browser: its trust and its sessions end.",
        ),
        Route(
            "POST",
            "/api/v1/devices/remove_all",
            inside(partial(remove_all, db, policy)),
            body=RemoveAll,
            answers={200: DevicesRemoved},
            refusals=(*guard.WRITES, Reason.INVALID_INPUT),
            tells="Remove every browser: all sessions and trust end, the caller's may stay.",
        ),
    )


def list_all(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """List browsers: `GET /api/v1/devices`."""
    found = db.read(lambda work: devices.listed(work, policy, session))
    language = call.visitor.language
    shown = [_shape(one, language) for one in found.browsers]
    return Json(DeviceList(data=shown, older=found.older, next=None))


def remove(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Remove one: `DELETE /api/v1/devices/{id}`; another account's is not found (attack 106)."""
    browser = ids.read("dev", call.params["device"])
    if browser is None:
        return Refused(Reason.NOT_FOUND)
    removed = db.write(
        "my_account.remove_device",
        lambda work: devices.remove(work, policy, session, call.visitor, browser),
    )
    return Empty() if removed else Refused(Reason.NOT_FOUND)


def remove_all(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Remove all: `POST /api/v1/devices/remove_all`."""
    wanted = bodies.read(_REMOVE_ALL, call.body or b"{}")
    if isinstance(wanted, Refused):
        return wanted
    removed = db.write(
        "my_account.remove_devices",
        lambda work: devices.remove_all(
            work, policy, session, call.visitor, keep_current=wanted.keep_current
        ),
    )
    return Json(DevicesRemoved(removed.browsers, removed.sessions, removed.trusted))


def _shape(one: Browser, language: str) -> DeviceListed:
    return DeviceListed(
        id=ids.show("dev", one.id),
        device=device_words(one.mark, language),
        place=show_place(one.country, language),
        first_used_at=show(one.first_used_at),
        last_used_at=show(one.last_used_at),
        trusted_at=show(one.trusted_at) if one.trusted_at else None,
        trusted_until=show(one.trusted_until) if one.trusted_until else None,
        sessions=one.sessions,
        current=one.is_current,
    )
