"""The check-up for programs."""

from functools import partial

import msgspec

from sekisho.ground import ids
from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.security_info import checking_up
from sekisho.journeys.security_info.rules import Policy
from sekisho.records.checkups import Checked, Checkup
from sekisho.records.sessions import Session, guard
from sekisho.web import bodies
from sekisho.web.calls import Call
from sekisho.web.refusals import show
from sekisho.web.replies import Json, Reply
from sekisho.web.routing import Route

_PATH = "/api/v1/checkup"


class CheckedContact(msgspec.Struct):
    """A contact and how it is: `ok`, `stale` (not confirmed for a year) or `failing`."""

    id: str
    kind: str
    hint: str
    health: str
    failing_since: str | None


class StepDone(msgspec.Struct):
    """One step of the checklist."""

    step: str
    done: bool


class CheckupShape(msgspec.Struct):
    """How the account stands; what is due asks for an answer now, by `confirm`.

    `second_step_due_at` is null where two-step verification is off, or was used since it is on.
    """

    contacts: list[CheckedContact]
    contacts_due: bool
    contacts_due_at: str
    contacts_confirmed_at: str | None
    second_step_due: bool
    second_step_due_at: str | None
    steps: list[StepDone]


class ConfirmCheckup(msgspec.Struct, forbid_unknown_fields=True):
    """What is confirmed: `contacts`, or `second_step` after a step-up for `two_step.try`."""

    what: str


_CONFIRM = msgspec.json.Decoder(ConfirmCheckup)


def routes(db: Database, policy: Policy) -> tuple[Route, ...]:
    """Return the ways in for programs."""
    inside = partial(guard.for_programs, db, policy.sessions)
    return (
        Route(
            "GET",
            _PATH,
            inside(partial(look, db, policy)),
            answers={200: CheckupShape},
            refusals=guard.READS,
            tells="Look at the account's check-up: a checklist, no score.",
        ),
        Route(
            "POST",
            f"{_PATH}/confirm",
            inside(partial(confirm, db, policy)),
            body=ConfirmCheckup,
            answers={200: CheckupShape},
            refusals=(
                *guard.WRITES,
                Reason.INVALID_INPUT,
                Reason.PROVE_MORE,
                Reason.NOT_FOUND,
            ),
            tells="Say that the contacts are still right, or that the second step works.",
        ),
    )


def look(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Look at the check-up: `GET /api/v1/checkup`."""
    del call
    return Json(_shape(checking_up.look(db, policy, session)))


def confirm(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Confirm: `POST /api/v1/checkup/confirm`."""
    wanted = bodies.read(_CONFIRM, call.body)
    if isinstance(wanted, Refused):
        return wanted
    refused = None
    match wanted.what:
        case "contacts":
            checking_up.confirm_contacts(db, call.visitor, session)
        case "second_step":
            refused = checking_up.confirm_second_step(db, call.visitor, session)
        case _:
            detail = "one of: contacts, second_step"
            refused = Refused(Reason.INVALID_INPUT, pointer="/what", detail=detail)
    return refused or look(db, policy, call, session)


def _shape(seen: Checkup) -> CheckupShape:
    confirmed_at, second = seen.contacts_at, seen.second_step_due_at
    return CheckupShape(
        contacts=[_contact(one) for one in seen.contacts],
        contacts_due=seen.asks_for_contacts,
        contacts_due_at=show(seen.contacts_due_at),
        contacts_confirmed_at=show(confirmed_at) if confirmed_at else None,
        second_step_due=seen.asks_for_second_step,
        second_step_due_at=show(second) if second else None,
        steps=[StepDone(step.value, is_done) for step, is_done in seen.steps],
    )


def _contact(checked: Checked) -> CheckedContact:
    return CheckedContact(
        id=ids.show("ctc", checked.contact.id),
        kind=checked.contact.kind,
        hint=checked.hint,
        health=checked.health.value,
        failing_since=show(checked.failing_since) if checked.failing_since else None,
    )
