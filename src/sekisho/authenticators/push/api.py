"""Push for programs: what the phone's page calls, and any other authenticator app may.

A phone is known by its token; what it decides it signs as well. Nothing here reads a cookie.
"""

from functools import partial

import msgspec
from msgspec.structs import replace

from sekisho.authenticators.push import actions, deciding, enrolling, reading, signing
from sekisho.authenticators.push.deciding import Shown
from sekisho.authenticators.push.rules import ENROLMENT, Phone, Policy
from sekisho.authenticators.push.shapes import (
    AskList,
    AskShape,
    Decide,
    Decided,
    PairPhone,
    PhonePaired,
    PhoneShape,
    PlaceShape,
    Subscribe,
)
from sekisho.ground import ids, words
from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import device_words, place_words
from sekisho.records import flows, limits
from sekisho.web import bodies
from sekisho.web.calls import Call
from sekisho.web.refusals import show
from sekisho.web.replies import Json, Reply
from sekisho.web.routing import Route

_PATH = "/api/v1/push"
_ALL = (Reason.TOO_MANY_REQUESTS, Reason.WRONG_HOST, Reason.UNAVAILABLE)
_WRITES = (*_ALL, Reason.INVALID_INPUT, Reason.TOO_LARGE)
_CODE = (Reason.CODE_WRONG, Reason.CODE_EXPIRED, Reason.CODE_USED)
_DECIDING = (
    Reason.NOT_SIGNED_IN,
    Reason.NOT_FOUND,
    Reason.TOO_MANY_TRIES,
    Reason.TOO_MANY_METHODS,
    Reason.FLOW_EXPIRED,
)
_SUBSCRIBE = msgspec.json.Decoder(Subscribe)


def routes(db: Database, policy: Policy, gate: limits.Gate, *, loopback: bool) -> tuple[Route, ...]:
    """Return the ways in for phones; `loopback`: they may be told by a service on this machine."""
    return (
        Route(
            "POST",
            f"{_PATH}/phones",
            partial(pair, db, gate, loopback),
            body=PairPhone,
            answers={201: PhonePaired},
            refusals=(*_WRITES, *_CODE),
            tells="Bind a phone by the pairing code that its owner was shown.",
        ),
        Route(
            "PUT",
            f"{_PATH}/subscription",
            partial(subscribe, db, loopback),
            body=Subscribe,
            answers={200: PhoneShape},
            refusals=(*_WRITES, Reason.NOT_SIGNED_IN),
            tells="Say where the phone is told of new questions, or that it looks by itself.",
        ),
        Route(
            "GET",
            f"{_PATH}/asks",
            partial(look, db, policy, gate),
            answers={200: AskList},
            refusals=(*_ALL, Reason.NOT_SIGNED_IN),
            tells="List what the phone is asked now.",
        ),
        Route(
            "POST",
            f"{_PATH}/asks/{{ask}}/decide",
            partial(decide, db, policy, gate),
            body=Decide,
            answers={200: Decided},
            refusals=(*_WRITES, *_CODE, *_DECIDING),
            tells="Approve with the number that was typed, deny, or report what was denied.",
        ),
    )


def pair(db: Database, gate: limits.Gate, loopback: bool, call: Call) -> Reply:  # noqa: FBT001  # bound by routes
    """Bind a phone: `POST /api/v1/push/phones`."""
    comer = reading.read_comer(call.body, loopback=loopback)
    if isinstance(comer, Refused):
        return comer
    coarse = limits.take_answer(gate, call.visitor.ip, call.now)
    if isinstance(coarse, Refused):
        return coarse
    code, key = comer.code, comer.public_key
    paired = db.write(
        "push.pair", lambda work: enrolling.pair(work, code, key, comer.reach, call.visitor)
    )
    if isinstance(paired, Refused):
        return paired
    name = ids.show("mtd", paired.phone.method)
    return Json(PhonePaired(name, paired.token, paired.phone.name), status=201)


def subscribe(db: Database, loopback: bool, call: Call) -> Reply:  # noqa: FBT001  # bound by routes
    """Say where the phone is told: `PUT /api/v1/push/subscription`."""
    wanted = bodies.read(_SUBSCRIBE, call.body)
    if isinstance(wanted, Refused):
        return wanted
    phone = db.read(lambda work: deciding.phone_of(work, call.bearer))
    if isinstance(phone, Refused):
        return phone
    reach = reading.read_reach(wanted.subscription, loopback=loopback)
    if isinstance(reach, Refused):
        return reach
    endpoint = reach.endpoint if reach else ""
    text = signing.subscription_text(ids.show("mtd", phone.method), endpoint)
    if not signing.is_signed(phone.public_key, text, reading.octets_of(wanted.signature)):
        return reading.UNSIGNED
    db.write("push.subscribe", lambda work: actions.subscribe(work, phone, reach))
    return Json(_phone(replace(phone, subscription=b"" if reach else None)))


def look(db: Database, policy: Policy, gate: limits.Gate, call: Call) -> Reply:
    """List what the phone is asked: `GET /api/v1/push/asks`."""
    phone = db.read(lambda work: deciding.phone_of(work, call.bearer))
    if isinstance(phone, Refused):
        return _counted(gate, call) or phone
    asked = db.read(lambda work: deciding.waiting(work, phone))
    language = call.visitor.language
    return Json(AskList(_phone(phone), [_shape(one, policy, language) for one in asked], None))


def decide(db: Database, policy: Policy, gate: limits.Gate, call: Call) -> Reply:
    """Take a decision: `POST /api/v1/push/asks/{ask}/decide`."""
    ask = ids.read("chl", call.params["ask"])
    if ask is None:
        return Refused(Reason.NOT_FOUND)
    said = reading.read_said(ask, call.body)
    if isinstance(said, Refused):
        return said
    outcome = deciding.decide(db, policy, call.visitor, call.bearer, said)
    if isinstance(outcome, Refused):
        is_nobody = outcome.reason is Reason.NOT_SIGNED_IN
        return (_counted(gate, call) if is_nobody else None) or outcome
    return Json(Decided(ids.show("chl", ask), outcome.word))


def _counted(gate: limits.Gate, call: Call) -> Refused | None:
    """Count who calls without a phone's token; phones themselves are few and ask often."""
    coarse = limits.take_answer(gate, call.visitor.ip, call.now)
    return coarse if isinstance(coarse, Refused) else None


def _phone(phone: Phone) -> PhoneShape:
    return PhoneShape(
        id=ids.show("mtd", phone.method),
        name=phone.name,
        is_active=phone.is_active,
        is_subscribed=phone.subscription is not None,
    )


def _shape(shown: Shown, policy: Policy, language: str) -> AskShape:
    ask, details = shown.ask, shown.details
    purpose = "enrolment" if ask.purpose == ENROLMENT else flows.Purpose(ask.purpose).word
    what = f"act.{details.act}" if details.act else f"push.what_{purpose}"
    return AskShape(
        id=ids.show("chl", ask.id),
        nonce=ask.nonce.hex(),
        purpose=purpose,
        act=details.act or None,
        what=words.text(language, what),
        account=details.name,
        device=device_words(details.device, language),
        place=PlaceShape(details.country, place_words(details.country, language)),
        asked_at=show(ids.drawn_at(ask.id)),
        expires_at=show(ask.ends_at),
        digits=ask.digits,
        left=max(0, policy.tries - ask.tries),
    )
