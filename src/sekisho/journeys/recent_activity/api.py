"""Recent activity for programs: `GET /api/v1/events`."""

import re
from functools import partial

import msgspec

from sekisho.ground import ids
from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import device_words
from sekisho.journeys.recent_activity import actions
from sekisho.journeys.recent_activity.actions import Policy
from sekisho.records.activity import Seen
from sekisho.records.sessions import Policy as SessionPolicy
from sekisho.records.sessions import Session, guard
from sekisho.web.calls import Call
from sekisho.web.places import PlaceShape, show_place
from sekisho.web.refusals import show
from sekisho.web.replies import Json, Reply
from sekisho.web.routing import Route

_LIMIT = re.compile(r"0*[1-9][0-9]{0,2}", re.ASCII)
_MOST = 200
_USUAL = 50


class EventShape(msgspec.Struct):
    """One event; what is not known is null."""

    id: str
    at: str
    kind: str
    outcome: str
    label: str | None
    ip: str
    place: PlaceShape
    network: str | None
    device: str
    app: str | None
    reasons: list[str]


class EventList(msgspec.Struct):
    """Events, newest first; `next` goes on as `after`."""

    data: list[EventShape]
    next: str | None


def routes(db: Database, policy: Policy, sessions: SessionPolicy) -> tuple[Route, ...]:
    """Return the way in for programs."""
    return (
        Route(
            "GET",
            "/api/v1/events",
            guard.for_programs(db, sessions, partial(list_events, db, policy)),
            answers={200: EventList},
            refusals=(*guard.READS, Reason.INVALID_INPUT),
            tells="List the account's recent activity, newest first.",
            query=("limit", "after"),
        ),
    )


def list_events(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """List events, `limit` at a time, older than `after`."""
    limit = call.query.get("limit", str(_USUAL))
    if not (_LIMIT.fullmatch(limit) and int(limit) <= _MOST):
        return Refused(Reason.INVALID_INPUT, pointer="/limit", detail=f"1 to {_MOST}")
    after = call.query.get("after")
    before = ids.read("evt", after) if after else None
    if after and before is None:
        return Refused(Reason.INVALID_INPUT, pointer="/after", detail="the id of an event")
    seen, following = db.read(
        lambda work: actions.recent(work, policy, session.account, int(limit), before)
    )
    language = call.visitor.language
    onward = ids.show("evt", following) if following else None
    return Json(EventList([shape(one, language) for one in seen], onward))


def shape(seen: Seen, language: str) -> EventShape:
    """Return an event as the API shows it."""
    return EventShape(
        id=ids.show("evt", seen.id),
        at=show(seen.at),
        kind=seen.kind.value,
        outcome=seen.outcome,
        label=seen.label,
        ip=seen.ip,
        place=show_place(seen.country, language),
        network=None,
        device=device_words(seen.device, language),
        app=None,
        reasons=list(seen.reasons),
    )
