"""Test messages for people: the page of one contact, with how far its newest test has come."""

from functools import partial

from sekisho.ground import ids
from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.contact_tests import actions
from sekisho.journeys.contact_tests.rules import Policy, Tested
from sekisho.records import contacts
from sekisho.records.sessions import Session, guard
from sekisho.web.calls import Call
from sekisho.web.replies import Page, Redirect, Reply
from sekisho.web.routing import Route

_BACK = "/account/security"
_PATH = f"{_BACK}/contacts/{{contact}}/test"


def routes(db: Database, policy: Policy) -> tuple[Route, ...]:
    """Return the ways in for people."""
    inside = partial(guard.for_pages, db, policy.sessions)
    return (
        Route("GET", _PATH, inside(partial(show_test, db))),
        Route("POST", _PATH, inside(partial(post_test, db, policy))),
        Route("POST", f"{_PATH}/arrived", inside(partial(post_arrived, db))),
    )


def show_test(db: Database, call: Call, session: Session) -> Reply:
    """Show how far the newest test of a contact has come."""
    return _page(db, call, session, None)


def post_test(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Send a test."""
    contact = _contact(call)
    outcome = actions.send(db, policy, call.visitor, session, contact)
    match outcome:
        case Refused():
            return _page(db, call, session, outcome)
        case Tested():
            return Redirect(_path(call))


def post_arrived(db: Database, call: Call, session: Session) -> Reply:
    """Take the person's word that it arrived."""
    if not actions.arrived(db, session, _contact(call)):
        return Refused(Reason.NOT_FOUND)
    return Redirect(f"{_path(call)}?arrived=1")


def _page(db: Database, call: Call, session: Session, refused: Refused | None) -> Reply:
    seen = db.read(lambda work: actions.look(work, session, _contact(call)))
    if seen is None:
        return Refused(Reason.NOT_FOUND)
    trial = seen.trial
    context = {
        "signed_in": True,
        "path": _path(call),
        "hint": seen.hint,
        "is_phone": seen.contact.kind == contacts.PHONE,
        "steps": [{"at": one.at, "state": one.state} for one in trial.steps] if trial else [],
        "failing_since": seen.failing_since,
        "has_arrived": "arrived" in call.query,
        "refused": refused,
        "arrived_action": f"{_path(call)}/arrived",
        "back_path": _BACK,
    }
    return Page("contact_tests/test.html", context, refused=refused)


def _contact(call: Call) -> int:
    return ids.read("ctc", call.params["contact"]) or 0


def _path(call: Call) -> str:
    return f"{_BACK}/contacts/{ids.show('ctc', _contact(call))}/test"
