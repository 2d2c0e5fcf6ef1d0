"""Notice choices for programs."""

from functools import partial

import msgspec

from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.notice_choices import actions
from sekisho.records.notices import Choice
from sekisho.records.sessions import Policy, Session, guard
from sekisho.web import bodies
from sekisho.web.calls import Call
from sekisho.web.replies import Json, Reply
from sekisho.web.routing import Route

_PATH = "/api/v1/notices"


class NoticeShape(msgspec.Struct):
    """A kind of notice by a channel; one that is critical is always `on`."""

    kind: str
    channel: str
    critical: bool
    on: bool


class NoticeList(msgspec.Struct):
    """Every kind of notice by each channel of it."""

    data: list[NoticeShape]
    next: str | None


class NoticeTurned(msgspec.Struct, forbid_unknown_fields=True):
    """One kind by one channel, on or off."""

    kind: str
    channel: str
    on: bool


class ChooseNotices(msgspec.Struct, forbid_unknown_fields=True):
    """What is to change; kinds that are not named stay as they are."""

    data: list[NoticeTurned]


_CHOOSE = msgspec.json.Decoder(ChooseNotices)


def routes(db: Database, policy: Policy) -> tuple[Route, ...]:
    """Return the ways in for programs."""
    inside = partial(guard.for_programs, db, policy)
    return (
        Route(
            "GET",
            _PATH,
            inside(partial(list_all, db)),
            answers={200: NoticeList},
            refusals=guard.READS,
            tells="List the kinds of notices, and which of them are sent.",
        ),
        Route(
            "PUT",
            _PATH,
            inside(partial(choose, db)),
            body=ChooseNotices,
            answers={200: NoticeList},
            refusals=(*guard.WRITES, Reason.INVALID_INPUT),
            tells="Turn kinds of notices off or on; critical ones stay on.",
        ),
    )


def list_all(db: Database, call: Call, session: Session) -> Reply:
    """List notices: `GET /api/v1/notices`."""
    del call
    return _listed(db.read(lambda work: actions.every(work, session)))


def choose(db: Database, call: Call, session: Session) -> Reply:
    """Choose notices: `PUT /api/v1/notices`."""
    wanted = bodies.read(_CHOOSE, call.body)
    if isinstance(wanted, Refused):
        return wanted
    named = {(one.kind, one.channel): one.on for one in wanted.data}
    outcome = actions.choose(db, call.visitor, session, named)
    return outcome if isinstance(outcome, Refused) else _listed(outcome)


def _listed(choices: tuple[Choice, ...]) -> Json:
    found = [
        NoticeShape(one.told.value, one.channel, one.is_critical, one.is_on) for one in choices
    ]
    return Json(NoticeList(found, None))
