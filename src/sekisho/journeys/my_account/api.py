"""Sessions for programs: look, list, end (API.md, "A session")."""

from functools import partial

import msgspec

from sekisho.ground import ids
from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import device_words
from sekisho.journeys.my_account import actions, device_api, devices
from sekisho.records.sessions import Policy, Session, acr, ends_at, guard
from sekisho.web import bodies
from sekisho.web.calls import Call
from sekisho.web.places import PlaceShape, show_place
from sekisho.web.refusals import show
from sekisho.web.replies import Empty, Json, Reply
from sekisho.web.routing import Route


class AccountShape(msgspec.Struct):
    """An account by its id."""

    id: str


class SessionShape(msgspec.Struct):
    """The caller's session; `expires_at` is the earlier of its idle and its absolute end."""

    id: str
    account: AccountShape
    methods: list[str]
    acr: str
    authenticated_at: str
    expires_at: str


class SessionListed(msgspec.Struct):
    """One session of the account."""

    id: str
    device: str
    place: PlaceShape
    created_at: str
    last_used_at: str
    current: bool


class SessionList(msgspec.Struct):
    """All sessions of the account, the caller's first."""

    data: list[SessionListed]
    next: str | None


class EndAll(msgspec.Struct, forbid_unknown_fields=True):
    """Sign out everywhere; `keep_current` lets the caller stay."""

    keep_current: bool = True


class EndedAlso(msgspec.Struct, omit_defaults=True):
    """What else ended with the sessions; what ended nothing is left out."""

    trusted_devices: int = 0
    push_devices: int = 0


class Ended(msgspec.Struct, omit_defaults=True):
    """How many sessions ended, and what else, if anything did."""

    ended: int
    also: EndedAlso | None = None


_END_ALL = msgspec.json.Decoder(EndAll)


def routes(db: Database, own: devices.Policy) -> tuple[Route, ...]:
    """Return the ways in for programs."""
    policy = own.sessions
    inside = partial(guard.for_programs, db, policy)
    return (
        Route(
            "GET",
            "/api/v1/session",
            inside(partial(look, policy)),
            answers={200: SessionShape},
            refusals=guard.READS,
            tells="Look at the session of the token.",
        ),
        Route(
            "DELETE",
            "/api/v1/session",
            inside(partial(end_own, db)),
            answers={204: None},
            refusals=guard.WRITES,
            tells="End the session of the token.",
        ),
        *_lists(db, policy),
        *device_api.routes(db, own),
    )


def _lists(db: Database, policy: Policy) -> tuple[Route, ...]:
    inside = partial(guard.for_programs, db, policy)
    return (
        Route(
            "GET",
            "/api/v1/sessions",
            inside(partial(list_all, db, policy)),
            answers={200: SessionList},
            refusals=guard.READS,
            tells="List the account's sessions.",
        ),
        Route(
            "DELETE",
            "/api/v1/sessions/{session}",
            inside(partial(end_one, db)),
            answers={204: None},
            refusals=(*guard.WRITES, Reason.NOT_FOUND),
            tells="End one session of the account.",
        ),
        Route(
            "POST",
            "/api/v1/sessions/end_all",
            inside(partial(end_all, db, policy)),
            body=EndAll,
            answers={200: Ended},
            refusals=(*guard.WRITES, Reason.INVALID_INPUT),
            tells="Sign out everywhere.",
        ),
    )


def look(policy: Policy, call: Call, session: Session) -> Reply:
    """Look at the caller's session: `GET /api/v1/session`."""
    del call
    return Json(
        SessionShape(
            id=ids.show("ses", session.id),
            account=AccountShape(ids.show("acc", session.account)),
            methods=list(session.methods),
            acr=acr(session.methods),
            authenticated_at=show(session.created_at),
            expires_at=show(ends_at(session, policy)),
        )
    )


def end_own(db: Database, call: Call, session: Session) -> Reply:
    """End the caller's session: `DELETE /api/v1/session`."""
    db.write("my_account.sign_out", lambda work: actions.sign_out(work, session, call.visitor))
    return Empty()


def list_all(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """List sessions: `GET /api/v1/sessions`."""
    found = db.read(lambda work: actions.listed(work, policy, session))
    language = call.visitor.language
    return Json(
        SessionList(
            data=[
                SessionListed(
                    id=ids.show("ses", one.id),
                    device=device_words(one.device, language),
                    place=show_place(one.country, language),
                    created_at=show(one.created_at),
                    last_used_at=show(one.last_used_at),
                    current=one.id == session.id,
                )
                for one in found
            ],
            next=None,
        )
    )


def end_one(db: Database, call: Call, session: Session) -> Reply:
    """End one: `DELETE /api/v1/sessions/{id}`; another account's is not found."""
    other = ids.read("ses", call.params["session"])
    if other is None:
        return Refused(Reason.NOT_FOUND)
    ended = db.write(
        "my_account.end_one", lambda work: actions.end_one(work, session, other, call.visitor)
    )
    return Empty() if ended else Refused(Reason.NOT_FOUND)


def end_all(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Sign out everywhere: `POST /api/v1/sessions/end_all`."""
    wanted = bodies.read(_END_ALL, call.body or b"{}")
    if isinstance(wanted, Refused):
        return wanted
    ended = db.write(
        "my_account.end_all",
        lambda work: actions.end_all(
            work, policy, session, call.visitor, keep_current=wanted.keep_current
        ),
    )
    also = EndedAlso(**ended.also) if any(ended.also.values()) else None
    return Json(Ended(ended.sessions, also))
