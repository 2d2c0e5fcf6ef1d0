"""Methods and two-step verification for programs, each change after a step-up."""

from functools import partial

import msgspec

from sekisho.authenticators import totp
from sekisho.authenticators.passkey import Passkey, provider_of
from sekisho.ground import ids
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.security_info import changing, enrolling, passkeys, push_api, two_step
from sekisho.journeys.security_info.means import Means
from sekisho.journeys.security_info.reading import read_given
from sekisho.journeys.security_info.rules import Enrolling
from sekisho.journeys.security_info.shapes import (
    AddMethod,
    ConfirmMethod,
    MethodBegun,
    MethodList,
    MethodShape,
    PasskeyOptions,
    PasskeyShape,
    RenameMethod,
    TurnTwoStep,
    TwoStep,
)
from sekisho.records.methods import Method
from sekisho.records.sessions import Session, guard
from sekisho.web import bodies
from sekisho.web.calls import Call
from sekisho.web.refusals import show
from sekisho.web.replies import Empty, Json, Reply
from sekisho.web.routing import Route

_PATH = "/api/v1/methods"
_CODE = (Reason.CODE_WRONG, Reason.CODE_USED, Reason.FLOW_EXPIRED, Reason.TOO_MANY_TRIES)
_CONFIRM = (
    Reason.NOT_FOUND,
    Reason.INVALID_INPUT,
    Reason.TOO_MANY_METHODS,
    Reason.PASSKEY_WRONG,
    Reason.PASSKEY_EXPIRED,
    Reason.PASSKEY_USED,
    Reason.PASSKEY_TAKEN,
    Reason.PASSKEYS_NOT_HERE,
    Reason.PASSWORD_UNFIT,
)
_SWITCH = (Reason.PROVE_MORE, Reason.ALREADY_THERE, Reason.NOTHING_TO_PROVE, Reason.PASSWORD_SHORT)
_ADD = msgspec.json.Decoder(AddMethod)
_RENAME = msgspec.json.Decoder(RenameMethod)
_TURN = msgspec.json.Decoder(TurnTwoStep)


def routes(means: Means) -> tuple[Route, ...]:
    """Return the ways in for programs."""
    inside = partial(guard.for_programs, means.db, means.policy.sessions)
    return (
        Route(
            "GET",
            _PATH,
            inside(partial(list_all, means)),
            answers={200: MethodList},
            refusals=guard.READS,
            tells="List the account's methods, and whether two-step verification is on.",
        ),
        Route(
            "POST",
            _PATH,
            inside(partial(add, means)),
            body=AddMethod,
            answers={201: MethodBegun},
            refusals=(
                *guard.WRITES,
                Reason.INVALID_INPUT,
                Reason.PROVE_MORE,
                Reason.TOO_MANY_METHODS,
                Reason.PASSKEYS_NOT_HERE,
            ),
            tells="Begin to add a method, after a step-up for `methods.add`.",
        ),
        *push_api.routes(means),
        *_confirming(means),
        *_changing(means),
    )


def _confirming(means: Means) -> tuple[Route, ...]:
    inside = partial(guard.for_programs, means.db, means.policy.sessions)
    return (
        Route(
            "GET",
            f"{_PATH}/{{method}}/options",
            inside(partial(ask_again, means)),
            answers={200: PasskeyOptions},
            refusals=(
                *guard.READS,
                Reason.NOT_FOUND,
                Reason.PASSKEY_EXPIRED,
                Reason.PASSKEYS_NOT_HERE,
                Reason.TOO_MANY_TRIES,
            ),
            tells="Ask anew for a passkey that still waits.",
        ),
        Route(
            "POST",
            f"{_PATH}/{{method}}/confirm",
            inside(partial(confirm, means)),
            body=ConfirmMethod,
            answers={200: MethodShape},
            refusals=(*guard.WRITES, *_CODE, *_CONFIRM),
            tells="Make a method count: by its first code (a recovery code: its last group),"
            " by the credential that was made, or by the password that was chosen.",
        ),
    )


def _changing(means: Means) -> tuple[Route, ...]:
    inside = partial(guard.for_programs, means.db, means.policy.sessions)
    return (
        Route(
            "PATCH",
            f"{_PATH}/{{method}}",
            inside(partial(rename, means)),
            body=RenameMethod,
            answers={200: MethodShape},
            refusals=(*guard.WRITES, Reason.NOT_FOUND, Reason.INVALID_INPUT),
            tells="Rename a passkey or an app; where the name is taken it gets a number.",
        ),
        Route(
            "DELETE",
            f"{_PATH}/{{method}}",
            inside(partial(remove, means)),
            answers={204: None},
            refusals=(
                *guard.WRITES,
                Reason.NOT_FOUND,
                Reason.PROVE_MORE,
                Reason.STILL_NEEDED,
                Reason.PASSWORD_NEEDED,
            ),
            tells="Remove a method, after a step-up for `methods.remove`.",
        ),
        Route(
            "POST",
            "/api/v1/two_step",
            inside(partial(turn, means)),
            body=TurnTwoStep,
            answers={200: TwoStep},
            refusals=(*guard.WRITES, Reason.INVALID_INPUT, *_SWITCH),
            tells="Turn two-step verification on or off, after a step-up for `two_step.on|off`.",
        ),
    )


def list_all(means: Means, call: Call, session: Session) -> Reply:
    """List methods: `GET /api/v1/methods`."""
    del call
    found = means.db.read(lambda work: enrolling.listed(work, session))
    shapes = [_shape(one, found.passkeys.get(one.id)) for one in found.methods]
    return Json(MethodList(shapes, found.two_step, None))


def add(means: Means, call: Call, session: Session) -> Reply:
    """Begin to add a method: `POST /api/v1/methods`."""
    wanted = bodies.read(_ADD, call.body)
    if isinstance(wanted, Refused):
        return wanted
    parameters = {"kind": wanted.kind, "name": wanted.name}
    begun = enrolling.begin(means, call.visitor, session, parameters)
    return begun if isinstance(begun, Refused) else Json(_begun(begun), status=201)


def ask_again(means: Means, call: Call, session: Session) -> Reply:
    """Ask anew for a passkey: `GET /api/v1/methods/{id}/options`."""
    method = ids.read("mtd", call.params["method"]) or 0
    asked = passkeys.ask_again(means.db, means.policy, call.visitor, session, method)
    if isinstance(asked, Refused):
        return asked
    return Json(PasskeyOptions(asked.public_key or {}, asked.state, show(asked.ends_at)))


def confirm(means: Means, call: Call, session: Session) -> Reply:
    """Make a method count: `POST /api/v1/methods/{id}/confirm`."""
    method = ids.read("mtd", call.params["method"]) or 0
    given = read_given(call.body)
    if isinstance(given, Refused):
        return given
    outcome = enrolling.confirm(means, call.visitor, session, method, given)
    return outcome if isinstance(outcome, Refused) else _one(means, session, outcome)


def rename(means: Means, call: Call, session: Session) -> Reply:
    """Rename a method: `PATCH /api/v1/methods/{id}`."""
    method = ids.read("mtd", call.params["method"]) or 0
    wanted = bodies.read(_RENAME, call.body)
    if isinstance(wanted, Refused):
        return wanted
    outcome = changing.rename(means.db, call.visitor, session, method, wanted.name)
    return outcome if isinstance(outcome, Refused) else _one(means, session, outcome)


def remove(means: Means, call: Call, session: Session) -> Reply:
    """Remove a method: `DELETE /api/v1/methods/{id}`."""
    method = ids.read("mtd", call.params["method"]) or 0
    outcome = changing.remove(means.db, means.policy, call.visitor, session, method)
    return outcome if isinstance(outcome, Refused) else Empty()


def turn(means: Means, call: Call, session: Session) -> Reply:
    """Turn two-step verification on or off: `POST /api/v1/two_step`."""
    wanted = bodies.read(_TURN, call.body)
    if isinstance(wanted, Refused):
        return wanted
    ended = two_step.turn(means.db, means.policy, call.visitor, session, is_on=wanted.on)
    return ended if isinstance(ended, Refused) else Json(TwoStep(wanted.on, ended))


def _begun(begun: Enrolling) -> MethodBegun:
    shortest, longest = begun.bounds or (None, None)
    return MethodBegun(
        id=ids.show("mtd", begun.method),
        kind=begun.kind,
        expires_at=show(begun.ends_at),
        secret=begun.secret or None,
        uri=begun.uri or None,
        code=begun.code or None,
        public_key=begun.public_key,
        state=begun.state or None,
        shortest=shortest,
        longest=longest,
    )


def _one(means: Means, session: Session, found: Method) -> Json:
    known = means.db.read(lambda work: enrolling.listed(work, session)).passkeys
    return Json(_shape(found, known.get(found.id)))


def _shape(found: Method, known: Passkey | None) -> MethodShape:
    return MethodShape(
        id=ids.show("mtd", found.id),
        kind=found.kind,
        name=found.name,
        added_at=show(found.confirmed_at or found.created_at),
        last_used_at=show(found.last_used_at) if found.last_used_at else None,
        passkey=_passkey(known) if known else None,
        clock_ahead_seconds=int(totp.clock_ahead(found).total_seconds())
        if found.kind == totp.KIND
        else None,
    )


def _passkey(known: Passkey) -> PasskeyShape:
    return PasskeyShape(
        credential_id=known.credential_text,
        provider=provider_of(known.aaguid),
        is_synced=known.is_synced,
        two_factors=known.is_two_factors,
    )
