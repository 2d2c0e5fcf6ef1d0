"""Methods and two-step verification for programs, each change after a step-up."""

from functools import partial

import msgspec

from sekisho.authenticators import flow_api
from sekisho.ground import ids
from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.security_info import enrolling
from sekisho.journeys.security_info.rules import Policy
from sekisho.journeys.security_info.shapes import (
    AddMethod,
    ConfirmContact,
    MethodBegun,
    MethodList,
    MethodShape,
    TurnTwoStep,
    TwoStep,
)
from sekisho.records.methods import Method
from sekisho.records.sessions import Session, guard
from sekisho.web.calls import Call
from sekisho.web.refusals import UNREADABLE, show
from sekisho.web.replies import Empty, Json, Reply
from sekisho.web.routing import Route

_PATH = "/api/v1/methods"
_ALL = (Reason.NOT_SIGNED_IN, Reason.WRONG_HOST, Reason.UNAVAILABLE)
_WRITES = (*_ALL, Reason.CROSS_SITE, Reason.TOO_LARGE)
_CODE = (Reason.CODE_WRONG, Reason.CODE_USED, Reason.FLOW_EXPIRED, Reason.TOO_MANY_TRIES)
_CONFIRM = (Reason.NOT_FOUND, Reason.INVALID_INPUT, Reason.TOO_MANY_METHODS)
_SWITCH = (Reason.PROVE_MORE, Reason.ALREADY_THERE, Reason.NOTHING_TO_PROVE)
_ADD = msgspec.json.Decoder(AddMethod)
_TURN = msgspec.json.Decoder(TurnTwoStep)


def routes(db: Database, policy: Policy) -> tuple[Route, ...]:
    """Return the ways in for programs."""
    inside = partial(guard.for_programs, db, policy.sessions)
    return (
        Route(
            "GET",
            _PATH,
            inside(partial(list_all, db)),
            answers={200: MethodList},
            refusals=_ALL,
            tells="List the account's methods, and whether two-step verification is on.",
        ),
        Route(
            "POST",
            _PATH,
            inside(partial(add, db, policy)),
            body=AddMethod,
            answers={201: MethodBegun},
            refusals=(
                *_WRITES,
                Reason.INVALID_INPUT,
                Reason.PROVE_MORE,
                Reason.TOO_MANY_METHODS,
            ),
            tells="Begin to add a method, after a step-up for `methods.add`.",
        ),
        *_changing(db, policy),
    )


def _changing(db: Database, policy: Policy) -> tuple[Route, ...]:
    inside = partial(guard.for_programs, db, policy.sessions)
    return (
        Route(
            "POST",
            f"{_PATH}/{{method}}/confirm",
            inside(partial(confirm, db)),
            body=ConfirmContact,
            answers={200: MethodShape},
            refusals=(*_WRITES, *_CODE, *_CONFIRM),
            tells="Make a method count, by its first code (a recovery code: its last group).",
        ),
        Route(
            "DELETE",
            f"{_PATH}/{{method}}",
            inside(partial(remove, db)),
            answers={204: None},
            refusals=(*_WRITES, Reason.NOT_FOUND, Reason.PROVE_MORE, Reason.STILL_NEEDED),
            tells="Remove a method, after a step-up for `methods.remove`.",
        ),
        Route(
            "POST",
            "/api/v1/two_step",
            inside(partial(turn, db, policy)),
            body=TurnTwoStep,
            answers={200: TwoStep},
            refusals=(*_WRITES, Reason.INVALID_INPUT, *_SWITCH),
            tells="Turn two-step verification on or off, after a step-up for `two_step.on|off`.",
        ),
    )


def list_all(db: Database, call: Call, session: Session) -> Reply:
    """List methods: `GET /api/v1/methods`."""
    del call
    found = db.read(lambda work: enrolling.listed(work, session))
    return Json(MethodList([_shape(one) for one in found.methods], found.two_step, None))


def add(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Begin to add a method: `POST /api/v1/methods`."""
    try:
        wanted = _ADD.decode(call.body)
    except UNREADABLE as error:
        return flow_api.invalid(error)
    parameters = {"kind": wanted.kind, "name": wanted.name}
    begun = enrolling.begin(db, policy, session, parameters)
    if isinstance(begun, Refused):
        return begun
    return Json(
        MethodBegun(
            id=ids.show("mtd", begun.method),
            kind=begun.kind,
            expires_at=show(begun.ends_at),
            secret=begun.secret or None,
            uri=begun.uri or None,
            code=begun.code or None,
        ),
        status=201,
    )


def confirm(db: Database, call: Call, session: Session) -> Reply:
    """Make a method count: `POST /api/v1/methods/{id}/confirm`."""
    method = ids.read("mtd", call.params["method"])
    if method is None:
        return Refused(Reason.NOT_FOUND)
    typed = flow_api.typed_code(call.body)
    if isinstance(typed, Refused):
        return typed
    outcome = enrolling.confirm(db, call.visitor, session, method, typed.text)
    return outcome if isinstance(outcome, Refused) else Json(_shape(outcome))


def remove(db: Database, call: Call, session: Session) -> Reply:
    """Remove a method: `DELETE /api/v1/methods/{id}`."""
    method = ids.read("mtd", call.params["method"])
    if method is None:
        return Refused(Reason.NOT_FOUND)
    outcome = enrolling.remove(db, call.visitor, session, method)
    return outcome if isinstance(outcome, Refused) else Empty()


def turn(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Turn two-step verification on or off: `POST /api/v1/two_step`."""
    try:
        wanted = _TURN.decode(call.body)
    except UNREADABLE as error:
        return flow_api.invalid(error)
    ended = enrolling.turn_two_step(db, policy, call.visitor, session, is_on=wanted.on)
    return ended if isinstance(ended, Refused) else Json(TwoStep(wanted.on, ended))


def _shape(found: Method) -> MethodShape:
    return MethodShape(
        id=ids.show("mtd", found.id),
        kind=found.kind,
        name=found.name,
        added_at=show(found.confirmed_at or found.created_at),
        last_used_at=show(found.last_used_at) if found.last_used_at else None,
    )
