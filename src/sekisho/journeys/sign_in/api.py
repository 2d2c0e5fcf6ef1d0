"""Signing in for programs: the flows of API.md."""

from functools import partial

import msgspec
from msgspec.structs import replace

from sekisho.ground import ids
from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.sign_in import actions, answering, asking, rules
from sekisho.journeys.sign_in.rules import Asked, Begun, Option, Policy, SignedIn, Status
from sekisho.journeys.sign_in.shapes import (
    AccountShape,
    AnswerCode,
    AskCode,
    ChallengeShape,
    DeviceGiven,
    FlowPassed,
    FlowShape,
    FlowStarted,
    OptionShape,
    SessionGiven,
    StartFlow,
)
from sekisho.records import flows, limits
from sekisho.records.sessions import Started
from sekisho.web.calls import Call
from sekisho.web.refusals import UNREADABLE, show
from sekisho.web.replies import Json, Reply
from sekisho.web.routing import Route

_LONGEST = 1000  # signs of a name or a confirmation that are looked at
_LIMITS = (Reason.TOO_MANY_REQUESTS, Reason.TOO_LARGE, Reason.WRONG_HOST, Reason.UNAVAILABLE)
_FLOW = (Reason.FLOW_UNKNOWN, Reason.FLOW_EXPIRED, Reason.INVALID_INPUT, *_LIMITS)


_FLOW_PATH = "/api/v1/flows/{flow}"
_CODE = (Reason.CODE_WRONG, Reason.CODE_EARLIER, Reason.CODE_EXPIRED, Reason.CODE_USED)
_START = msgspec.json.Decoder(StartFlow)
_ASK = msgspec.json.Decoder(AskCode)
_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TEXT = msgspec.json.Decoder(str)


def routes(db: Database, policy: Policy, gate: limits.Gate) -> tuple[Route, ...]:
    """Return the ways in for programs."""
    return (
        Route(
            "POST",
            "/api/v1/flows",
            partial(start, db, policy),
            body=StartFlow,
            answers={201: FlowStarted},
            refusals=(Reason.INVALID_INPUT, *_LIMITS),
            tells="Begin a flow.",
        ),
        Route(
            "GET",
            _FLOW_PATH,
            partial(look, db, policy),
            answers={200: FlowShape},
            refusals=_FLOW,
            tells="Look at a flow.",
        ),
        *_proving(db, policy, gate),
    )


def _proving(db: Database, policy: Policy, gate: limits.Gate) -> tuple[Route, ...]:
    return (
        Route(
            "POST",
            f"{_FLOW_PATH}/challenges",
            partial(ask, db, policy, gate),
            body=AskCode,
            answers={201: ChallengeShape},
            refusals=(Reason.OPTION_UNKNOWN, Reason.TOO_SOON, Reason.CODE_USED, *_FLOW),
            tells="Ask for a code; again for a new one, which voids the earlier.",
        ),
        Route(
            "POST",
            f"{_FLOW_PATH}/challenges/{{challenge}}/answer",
            partial(answer, db, policy, gate),
            body=AnswerCode,
            answers={200: FlowPassed},
            refusals=(*_CODE, Reason.TOO_MANY_TRIES, Reason.NOT_FOUND, *_FLOW),
            tells="Answer the flow's newest challenge.",
        ),
    )


def start(db: Database, policy: Policy, call: Call) -> Reply:
    """Begin a flow: `POST /api/v1/flows`."""
    try:
        wanted = _START.decode(call.body)
    except UNREADABLE as error:
        return _invalid(error)
    purpose = next((one for one in flows.Purpose if one.word == wanted.purpose), None)
    if purpose is None:
        return Refused(Reason.INVALID_INPUT, pointer="/purpose", detail="one of: sign_in")
    visitor = call.spoken_in(wanted.locale, wanted.time_zone)
    begun = actions.begin(db, policy, visitor, wanted.name[:_LONGEST], purpose)
    match begun:
        case Refused():
            return begun
        case Begun():
            return Json(
                FlowStarted(
                    id=ids.show("flw", begun.ticket.flow),
                    secret=begun.secret,
                    purpose=begun.ticket.purpose.word,
                    state=flows.State.OPEN.word,
                    expires_at=show(begun.ends_at),
                    options=_options(begun.options),
                ),
                status=201,
            )


def look(db: Database, policy: Policy, call: Call) -> Reply:
    """Look at a flow: `GET /api/v1/flows/{id}`."""
    ticket = ticket_of(db, call)
    if isinstance(ticket, Refused):
        return ticket
    seen: Status = actions.status(db, policy, call.visitor, ticket)
    newest = seen.challenge
    return Json(
        FlowShape(
            id=ids.show("flw", ticket.flow),
            purpose=ticket.purpose.word,
            state=seen.state.word,
            expires_at=show(seen.ends_at),
            options=_options(seen.options),
            challenge=_challenge(newest, seen.resends_left) if newest else None,
        )
    )


def ask(db: Database, policy: Policy, gate: limits.Gate, call: Call) -> Reply:
    """Ask for a code: `POST /api/v1/flows/{id}/challenges`."""
    ticket = ticket_of(db, call)
    if isinstance(ticket, Refused):
        return ticket
    try:
        wanted = _ASK.decode(call.body)
    except UNREADABLE as error:
        return _invalid(error)
    request = asking.Ask(wanted.option, wanted.confirm and wanted.confirm[:_LONGEST])
    asked = asking.ask(db, policy, gate, call.visitor, ticket, request)
    match asked:
        case Refused():
            return replace(asked, language=ticket.language)
        case Asked():
            return Json(_challenge(asked.flow.challenge, asked.resends_left), status=201)


def answer(db: Database, policy: Policy, gate: limits.Gate, call: Call) -> Reply:
    """Answer: `POST …/answer`. A body with a code field is charged, whatever the field holds."""
    ticket = ticket_of(db, call)
    if isinstance(ticket, Refused):
        return ticket
    if ids.read("chl", call.params["challenge"]) is None:
        return Refused(Reason.NOT_FOUND)
    try:
        fields = _FIELDS.decode(call.body)
    except UNREADABLE as error:
        return _invalid(error)
    if "code" not in fields:
        return Refused(Reason.INVALID_INPUT, pointer="/code", detail="the code is missing")
    typed = _text(fields["code"]) if len(fields) == 1 else None
    outcome = answering.answer(db, policy, gate, call.visitor, ticket, typed)
    match outcome:
        case Refused():
            return replace(outcome, language=ticket.language)
        case SignedIn():
            return Json(_passed(ticket, outcome.started, policy))


def ticket_of(db: Database, call: Call) -> flows.Ticket | Refused:
    """Return the flow's ticket, when the caller holds the one of the flow in the path."""
    flow = ids.read("flw", call.params["flow"])
    ticket = flows.open_ticket(call.flow_secret, db.keys) if call.flow_secret else None
    if ticket is None or ticket.flow != flow:
        return Refused(Reason.FLOW_UNKNOWN)
    return ticket


def _passed(ticket: flows.Ticket, started: Started, policy: Policy) -> FlowPassed:
    session = started.session
    ends_at = min(session.ends_at, session.last_used_at + policy.sessions.idle)
    return FlowPassed(
        id=ids.show("flw", ticket.flow),
        state=flows.State.PASSED.word,
        account=AccountShape(ids.show("acc", session.account)),
        session=SessionGiven(ids.show("ses", session.id), started.token, show(ends_at)),
        device=DeviceGiven(started.device_token),
    )


def _options(offered: tuple[Option, ...]) -> list[OptionShape]:
    return [OptionShape(one.id, one.kind, one.hint) for one in offered]


def _challenge(newest: flows.Challenge, resends_left: int) -> ChallengeShape:
    return ChallengeShape(
        id=ids.show("chl", newest.id),
        kind=rules.KIND,
        label=newest.label,
        digits=newest.digits,
        expires_at=show(newest.ends_at),
        resend_at=show(newest.resend_at),
        resends_left=resends_left,
    )


def _text(raw: msgspec.Raw) -> str | None:
    try:
        return _TEXT.decode(raw)
    except UNREADABLE:
        return None


def _invalid(error: Exception) -> Refused:
    """Say where a body is not of its shape; msgspec's words name no value of it."""
    told = str(error) if isinstance(error, msgspec.ValidationError) else "not a JSON object"
    detail, _, path = told.partition(" - at `$")
    pointer = path.rstrip("`").replace(".", "/")
    return Refused(Reason.INVALID_INPUT, pointer=pointer or "", detail=detail)
