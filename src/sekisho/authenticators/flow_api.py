"""Flows for programs (API.md, "A flow"): one face for all purposes, each with its road."""

from collections.abc import Callable, Mapping
from functools import partial

import msgspec
from msgspec.structs import replace

from sekisho.authenticators.answers import given_of, typed_code
from sekisho.authenticators.roads import Road
from sekisho.authenticators.rules import (
    Approval,
    Ask,
    Asked,
    Begun,
    More,
    Option,
    Passed,
    Start,
)
from sekisho.authenticators.shapes import (
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
from sekisho.ground import ids
from sekisho.ground.keys import Keys
from sekisho.ground.refusal import Reason, Refused
from sekisho.records import flows
from sekisho.records.sessions import Session
from sekisho.web import bodies
from sekisho.web.calls import Call
from sekisho.web.refusals import show
from sekisho.web.replies import Json, Reply
from sekisho.web.routing import Route

__all__ = [
    "answer",
    "ask",
    "challenge",
    "given_of",
    "look",
    "routes",
    "start",
    "ticket_of",
    "typed_code",
]

Roads = Mapping[flows.Purpose, Road]
Check = Callable[[Call], Session | Refused]

_LONGEST = 1000  # signs of a name or a confirmation that are looked at
_LIMITS = (Reason.TOO_MANY_REQUESTS, Reason.TOO_LARGE, Reason.WRONG_HOST, Reason.UNAVAILABLE)
_FLOW = (Reason.FLOW_UNKNOWN, Reason.FLOW_EXPIRED, Reason.INVALID_INPUT, *_LIMITS)


_FLOW_PATH = "/api/v1/flows/{flow}"
_CODE = (Reason.CODE_WRONG, Reason.CODE_EARLIER, Reason.CODE_EXPIRED, Reason.CODE_USED)
_START = msgspec.json.Decoder(StartFlow)
_ASK = msgspec.json.Decoder(AskCode)


def routes(keys: Keys, roads: tuple[Road, ...], check: Check) -> tuple[Route, ...]:
    """Return the ways in for programs; `check` returns the session of a call, or refuses it."""
    by_purpose = {road.purpose: road for road in roads}
    return (
        Route(
            "POST",
            "/api/v1/flows",
            partial(start, by_purpose, check),
            body=StartFlow,
            answers={201: FlowStarted},
            refusals=(Reason.INVALID_INPUT, Reason.NOT_SIGNED_IN, Reason.CROSS_SITE, *_LIMITS),
            tells="Begin a flow.",
        ),
        Route(
            "GET",
            _FLOW_PATH,
            partial(look, keys, by_purpose),
            answers={200: FlowShape},
            refusals=_FLOW,
            tells="Look at a flow.",
        ),
        *_proving(keys, by_purpose),
    )


def _proving(keys: Keys, roads: Roads) -> tuple[Route, ...]:
    return (
        Route(
            "POST",
            f"{_FLOW_PATH}/challenges",
            partial(ask, keys, roads),
            body=AskCode,
            answers={201: ChallengeShape},
            refusals=(Reason.OPTION_UNKNOWN, Reason.TOO_SOON, Reason.CODE_USED, *_FLOW),
            tells="Ask for a code; again for a new one, which voids the earlier.",
        ),
        Route(
            "POST",
            f"{_FLOW_PATH}/challenges/{{challenge}}/answer",
            partial(answer, keys, roads),
            body=AnswerCode,
            answers={200: FlowPassed},
            refusals=(*_CODE, Reason.TOO_MANY_TRIES, Reason.NOT_FOUND, *_FLOW),
            tells="Answer the flow's newest challenge.",
        ),
    )


def start(roads: Roads, check: Check, call: Call) -> Reply:
    """Begin a flow: `POST /api/v1/flows`."""
    wanted = bodies.read(_START, call.body)
    if isinstance(wanted, Refused):
        return wanted
    road = next((one for one in roads.values() if one.purpose.word == wanted.purpose), None)
    if road is None:
        known = ", ".join(purpose.word for purpose in roads)
        return Refused(Reason.INVALID_INPUT, pointer="/purpose", detail=f"one of: {known}")
    what = _what(road, check, call, wanted)
    if isinstance(what, Refused):
        return what
    begun = road.begin(call.spoken_in(wanted.locale, wanted.time_zone), what)
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


def _what(road: Road, check: Check, call: Call, wanted: StartFlow) -> Start | Refused:
    """Return what the flow is for: a name, or an act of the caller's session."""
    if not road.needs_session:
        return _whose(wanted)
    if wanted.act is None or wanted.name is not None or wanted.kind is not None:
        return Refused(Reason.INVALID_INPUT, pointer="/act", detail="an act and no name")
    session = check(call)
    if isinstance(session, Refused):
        return session
    return Start(
        act=wanted.act,
        parameters=wanted.parameters or {},
        account=session.account,
        session=session.id,
    )


def _whose(wanted: StartFlow) -> Start | Refused:
    if wanted.act is not None or wanted.parameters is not None:
        return Refused(Reason.INVALID_INPUT, pointer="/act", detail="a name and no act")
    if wanted.kind not in (None, "passkey") or (wanted.kind and wanted.name is not None):
        detail = "passkey, and no name"
        return Refused(Reason.INVALID_INPUT, pointer="/kind", detail=detail)
    if wanted.name is None and wanted.kind is None:
        return Refused(Reason.INVALID_INPUT, pointer="/name", detail="the name is missing")
    return Start(name=None if wanted.name is None else wanted.name[:_LONGEST])


def look(keys: Keys, roads: Roads, call: Call) -> Reply:
    """Look at a flow: `GET /api/v1/flows/{id}`."""
    ticket = ticket_of(keys, call)
    if isinstance(ticket, Refused):
        return ticket
    seen = roads[ticket.purpose].look(call.visitor, ticket)
    newest = seen.challenge
    return Json(
        FlowShape(
            id=ids.show("flw", ticket.flow),
            purpose=ticket.purpose.word,
            state=seen.state.word,
            expires_at=show(seen.ends_at),
            options=_options(seen.options),
            challenge=(
                challenge(newest, seen.resends_left, seen.public_key, seen.approval)
                if newest
                else None
            ),
        )
    )


def ask(keys: Keys, roads: Roads, call: Call) -> Reply:
    """Ask for a code: `POST /api/v1/flows/{id}/challenges`."""
    ticket = ticket_of(keys, call)
    if isinstance(ticket, Refused):
        return ticket
    wanted = bodies.read(_ASK, call.body)
    if isinstance(wanted, Refused):
        return wanted
    request = Ask(wanted.option, wanted.confirm and wanted.confirm[:_LONGEST])
    asked = roads[ticket.purpose].ask(call.visitor, ticket, request)
    match asked:
        case Refused():
            return replace(asked, language=ticket.language)
        case Asked():
            newest, left = asked.flow.challenge, asked.resends_left
            shown = challenge(newest, left, asked.public_key, asked.approval)
            return Json(shown, status=201)


def answer(keys: Keys, roads: Roads, call: Call) -> Reply:
    """Answer: `POST …/answer`. A body with a code field is charged, whatever the field holds."""
    ticket = ticket_of(keys, call)
    if isinstance(ticket, Refused):
        return ticket
    if ids.read("chl", call.params["challenge"]) is None:
        return Refused(Reason.NOT_FOUND)
    given = given_of(call.body)
    outcome = (
        given
        if isinstance(given, Refused)
        else roads[ticket.purpose].answer(call.visitor, ticket, given)
    )
    match outcome:
        case Refused():
            return replace(outcome, language=ticket.language)
        case More():
            number = ids.show("flw", ticket.flow)
            ways = _options(outcome.options)
            still = flows.State.OPEN.word
            return Json(FlowPassed(number, still, options=ways))
        case Passed():
            return Json(_passed(ticket, outcome))


def ticket_of(keys: Keys, call: Call) -> flows.Ticket | Refused:
    """Return the flow's ticket, when the caller holds the one of the flow in the path."""
    flow = ids.read("flw", call.params["flow"])
    ticket = flows.open_ticket(call.flow_secret, keys) if call.flow_secret else None
    if ticket is None or ticket.flow != flow:
        return Refused(Reason.FLOW_UNKNOWN)
    return ticket


def _passed(ticket: flows.Ticket, passed: Passed) -> FlowPassed:
    shape = FlowPassed(
        id=ids.show("flw", ticket.flow),
        state=flows.State.PASSED.word,
        account=AccountShape(ids.show("acc", passed.account)),
        recovery_code=passed.recovery_code,
    )
    if passed.started is None or passed.ends_at is None:
        return shape
    number, token = passed.started.session.id, passed.started.token
    session = SessionGiven(ids.show("ses", number), token, show(passed.ends_at))
    device = DeviceGiven(passed.started.device_token, passed.trust or None)
    return msgspec.structs.replace(shape, session=session, device=device)


def _options(offered: tuple[Option, ...]) -> list[OptionShape]:
    return [OptionShape(one.id, one.kind, one.hint) for one in offered]


def challenge(
    newest: flows.Challenge,
    resends_left: int,
    public_key: Mapping[str, object] | None = None,
    approval: Approval | None = None,
) -> ChallengeShape:
    """Return a challenge as programs see it."""
    again_at = approval.again_at if approval else newest.resend_at
    is_sent = bool(newest.label) or approval is not None
    return ChallengeShape(
        id=ids.show("chl", newest.id),
        kind=newest.kind,
        label=newest.label or None,
        digits=newest.digits or None,
        expires_at=show(newest.ends_at),
        resend_at=show(again_at) if is_sent else None,
        resends_left=resends_left if is_sent else None,
        public_key=dict(public_key) if public_key else None,
        number=approval.number if approval else None,
        state=approval.state if approval else None,
    )
