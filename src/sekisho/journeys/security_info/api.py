"""Security info for programs: contacts, each change after a step-up."""

from collections.abc import Mapping
from functools import partial

import msgspec

from sekisho.authenticators import flow_api
from sekisho.authenticators.shapes import ChallengeShape
from sekisho.ground import ids
from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.security_info import actions, doubts, rules
from sekisho.journeys.security_info.rules import Card, Policy, Proposed
from sekisho.journeys.security_info.shapes import (
    AddContact,
    ConfirmContact,
    ContactList,
    ContactProposed,
    ContactShape,
    ContactWarning,
    SendAgain,
)
from sekisho.records.contacts import EMAIL
from sekisho.records.sessions import Session, guard
from sekisho.web import bodies
from sekisho.web.calls import Call
from sekisho.web.refusals import show
from sekisho.web.replies import Empty, Json, Reply
from sekisho.web.routing import Route

_PATH = "/api/v1/contacts"
_ONE = f"{_PATH}/{{contact}}"
_LIMITS = (Reason.TOO_SOON, Reason.TOO_MANY_REQUESTS)
_CODE = (
    Reason.CODE_WRONG,
    Reason.CODE_EARLIER,
    Reason.CODE_EXPIRED,
    Reason.CODE_USED,
    Reason.TOO_MANY_TRIES,
    Reason.FLOW_EXPIRED,
)
_ADD = msgspec.json.Decoder(AddContact)
_AGAIN = msgspec.json.Decoder(SendAgain)


def routes(db: Database, policy: Policy) -> tuple[Route, ...]:
    """Return the ways in for programs."""
    inside = partial(guard.for_programs, db, policy.sessions)
    return (
        Route(
            "GET",
            _PATH,
            inside(partial(list_all, db, policy)),
            answers={200: ContactList},
            refusals=guard.READS,
            tells="List the account's contacts.",
        ),
        Route(
            "POST",
            _PATH,
            inside(partial(add, db, policy)),
            body=AddContact,
            answers={201: ContactProposed},
            refusals=(
                *guard.WRITES,
                *_LIMITS,
                Reason.INVALID_INPUT,
                Reason.PHONE_UNFIT,
                Reason.PROVE_MORE,
                Reason.ALREADY_THERE,
                Reason.TOO_MANY_CONTACTS,
            ),
            tells="Add a contact, after a step-up for `contacts.add`; a code goes to it.",
        ),
        *_of_one(db, policy),
    )


def _of_one(db: Database, policy: Policy) -> tuple[Route, ...]:
    inside = partial(guard.for_programs, db, policy.sessions)
    return (
        Route(
            "POST",
            f"{_ONE}/code",
            inside(partial(send_again, db, policy)),
            body=SendAgain,
            answers={201: ChallengeShape},
            refusals=(
                *guard.WRITES,
                *_LIMITS,
                Reason.NOT_FOUND,
                Reason.CODE_USED,
                Reason.FLOW_EXPIRED,
                Reason.INVALID_INPUT,
            ),
            tells="Send a new code to a contact that is not proved yet.",
        ),
        Route(
            "POST",
            f"{_ONE}/confirm",
            inside(partial(confirm, db, policy)),
            body=ConfirmContact,
            answers={200: ContactShape},
            refusals=(*guard.WRITES, *_CODE, Reason.NOT_FOUND, Reason.INVALID_INPUT),
            tells="Prove a contact by the code that was sent to it.",
        ),
        Route(
            "DELETE",
            _ONE,
            inside(partial(remove, db, policy)),
            answers={204: None},
            refusals=(*guard.WRITES, Reason.NOT_FOUND, Reason.PROVE_MORE, Reason.STILL_NEEDED),
            tells="Remove a contact, after a step-up for `contacts.remove`.",
        ),
    )


def list_all(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """List contacts: `GET /api/v1/contacts`."""
    del call
    found = db.read(lambda work: actions.listed(work, policy, session))
    return Json(ContactList([_shape(one) for one in found], None))


def add(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Add a contact: `POST /api/v1/contacts`."""
    wanted = bodies.read(_ADD, call.body)
    if isinstance(wanted, Refused):
        return wanted
    parameters = {"kind": wanted.kind, "address": wanted.address}
    given = {"country": wanted.country, "channel": wanted.channel}
    parameters |= {name: value for name, value in given.items() if value is not None}
    refused = rules.check_act(rules.ADD, parameters, policy)
    if refused is not None:
        return refused
    outcome = actions.add(db, policy, call.visitor, session, parameters)
    match outcome:
        case Refused():
            return outcome
        case Proposed():
            return Json(
                ContactProposed(
                    id=ids.show("ctc", outcome.card.contact.id),
                    kind=outcome.card.contact.kind,
                    hint=outcome.card.hint,
                    state=outcome.card.contact.state.word,
                    challenge=flow_api.challenge(
                        outcome.asked.flow.challenge, outcome.asked.resends_left
                    ),
                    warnings=_warnings(call.visitor.language, parameters),
                ),
                status=201,
            )


def send_again(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Send a new code: `POST /api/v1/contacts/{id}/code`."""
    contact = ids.read("ctc", call.params["contact"]) or 0
    wished = bodies.read(_AGAIN, call.body or b"{}")
    if isinstance(wished, Refused):
        return wished
    asked = actions.send_again(
        db, policy, call.visitor, session, contact, channel=wished.channel or ""
    )
    if isinstance(asked, Refused):
        return asked
    return Json(flow_api.challenge(asked.flow.challenge, asked.resends_left), status=201)


def confirm(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Prove a contact: `POST /api/v1/contacts/{id}/confirm`."""
    contact = ids.read("ctc", call.params["contact"]) or 0
    typed = flow_api.typed_code(call.body)
    if isinstance(typed, Refused):
        return typed
    outcome = actions.confirm(db, policy, call.visitor, session, contact, typed.text)
    return outcome if isinstance(outcome, Refused) else Json(_shape(outcome))


def remove(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Remove a contact: `DELETE /api/v1/contacts/{id}`."""
    contact = ids.read("ctc", call.params["contact"]) or 0
    outcome = actions.remove(db, policy, call.visitor, session, contact)
    return outcome if isinstance(outcome, Refused) else Empty()


def _warnings(language: str, parameters: Mapping[str, str]) -> list[ContactWarning]:
    found = doubts.about(parameters["address"]) if parameters["kind"] == EMAIL else ()
    return [ContactWarning(one.doubt.value, doubts.worded(language, one)) for one in found]


def _shape(card: Card) -> ContactShape:
    found = card.contact
    return ContactShape(
        id=ids.show("ctc", found.id),
        kind=found.kind,
        hint=card.hint,
        state=found.state.word,
        sign_in=found.is_name,
        channels=list(card.channels),
        added_at=show(found.added_at),
        verified_at=show(found.verified_at) if found.verified_at else None,
    )
