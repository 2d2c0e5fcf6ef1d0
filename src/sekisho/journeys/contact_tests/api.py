"""Test messages for programs."""

from functools import partial

import msgspec

from sekisho.ground import ids
from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.contact_tests import actions
from sekisho.journeys.contact_tests.rules import Policy, Tested
from sekisho.records.sessions import Session, guard
from sekisho.web.calls import Call
from sekisho.web.refusals import show
from sekisho.web.replies import Json, Reply
from sekisho.web.routing import Route

_PATH = "/api/v1/contacts/{contact}/test"
_LIMITS = (Reason.TOO_SOON, Reason.TOO_MANY_REQUESTS)


class StepShape(msgspec.Struct):
    """One entry of a timeline; `detail` is what the mail server or gateway said, if anything."""

    at: str
    state: str
    detail: str


class TestShape(msgspec.Struct):
    """A contact and its newest test message, if there is one: queued, then what became of it.

    `failing_since` is when a message to it was last refused or came back, until one arrives.
    """

    contact: str
    hint: str
    message: str | None
    state: str | None
    timeline: list[StepShape]
    failing_since: str | None


def routes(db: Database, policy: Policy) -> tuple[Route, ...]:
    """Return the ways in for programs."""
    inside = partial(guard.for_programs, db, policy.sessions)
    return (
        Route(
            "GET",
            _PATH,
            inside(partial(look, db)),
            answers={200: TestShape},
            refusals=(*guard.READS, Reason.NOT_FOUND),
            tells="Look how far the newest test message to a contact has come.",
        ),
        Route(
            "POST",
            _PATH,
            inside(partial(send, db, policy)),
            answers={201: TestShape},
            refusals=(*guard.WRITES, *_LIMITS, Reason.NOT_FOUND, Reason.INVALID_INPUT),
            tells="Send a test message to a contact, proved or new; it has no code.",
        ),
        Route(
            "POST",
            f"{_PATH}/arrived",
            inside(partial(arrived, db)),
            answers={200: TestShape},
            refusals=(*guard.WRITES, Reason.NOT_FOUND),
            tells="Say that a message to a contact arrived: it is no longer marked.",
        ),
    )


def look(db: Database, call: Call, session: Session) -> Reply:
    """Look at the newest test: `GET /api/v1/contacts/{id}/test`."""
    seen = db.read(lambda work: actions.look(work, session, _contact(call)))
    return Json(_shape(seen)) if seen else Refused(Reason.NOT_FOUND)


def send(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Send a test: `POST /api/v1/contacts/{id}/test`."""
    outcome = actions.send(db, policy, call.visitor, session, _contact(call))
    return outcome if isinstance(outcome, Refused) else Json(_shape(outcome), status=201)


def arrived(db: Database, call: Call, session: Session) -> Reply:
    """Say that it arrived: `POST /api/v1/contacts/{id}/test/arrived`."""
    seen = actions.arrived(db, session, _contact(call))
    return Json(_shape(seen)) if seen else Refused(Reason.NOT_FOUND)


def _contact(call: Call) -> int:
    return ids.read("ctc", call.params["contact"]) or 0


def _shape(tested: Tested) -> TestShape:
    trial, since = tested.trial, tested.failing_since
    return TestShape(
        contact=ids.show("ctc", tested.contact.id),
        hint=tested.hint,
        message=ids.show("msg", trial.message) if trial else None,
        state=trial.state if trial else None,
        timeline=[StepShape(show(one.at), one.state, one.detail) for one in trial.steps]
        if trial
        else [],
        failing_since=show(since) if since else None,
    )
