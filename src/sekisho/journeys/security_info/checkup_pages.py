"""The check-up for people: are the contacts still right, does the second step work (spec P7)."""

from collections.abc import Mapping
from functools import partial

from sekisho.ground import ids
from sekisho.ground.db import Database
from sekisho.ground.refusal import Refused
from sekisho.journeys.security_info import checking_up, method_home, proving_pages, rules
from sekisho.journeys.security_info.proving_pages import Act
from sekisho.journeys.security_info.rules import Policy
from sekisho.records.checkups import Checked, Step
from sekisho.records.sessions import Session, guard
from sekisho.web.calls import Call
from sekisho.web.replies import Page, Redirect, Reply
from sekisho.web.routing import Route

HOME = f"{proving_pages.HOME}/checkup"
TRY = f"{HOME}/second-step"
_WHERE: Mapping[Step, str] = {
    Step.CONTACTS: "",
    Step.REACHED: "",
    Step.SECOND_CONTACT: f"{proving_pages.HOME}/add",
    Step.TWO_STEP: method_home.WIZARD,
    Step.RECOVERY_CODE: f"{method_home.HOME}/add/recovery_code",
    Step.SECOND_STEP: "",
}


def routes(db: Database, policy: Policy) -> tuple[Route, ...]:
    """Return the ways in for people."""
    inside = partial(guard.for_pages, db, policy.sessions)
    return (
        Route("GET", HOME, inside(partial(show_checkup, db, policy))),
        Route("POST", HOME, inside(partial(post_contacts, db))),
        Route("POST", TRY, inside(partial(post_try, db, policy))),
    )


def acts(db: Database, policy: Policy) -> dict[str, Act]:
    """Return what a step-up for this act does, once it was passed."""
    return {rules.TRY_TWO_STEP: partial(_tried, db, policy)}


def show_checkup(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Show the checklist."""
    return _page(db, policy, call, session, None)


def post_contacts(db: Database, call: Call, session: Session) -> Reply:
    """Take the owner's word that the contacts are right, on this page or on the home."""
    checking_up.confirm_contacts(db, call.visitor, session)
    back = "/account" if call.form.get("back") == "home" else HOME
    return Redirect(f"{back}?confirmed=1")


def post_try(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Begin a step-up, which takes the second step as a sign-in does."""
    begun = proving_pages.begin(db, policy, call, session, rules.TRY_TWO_STEP, {})
    return _page(db, policy, call, session, begun) if isinstance(begun, Refused) else begun


def _tried(
    db: Database, policy: Policy, call: Call, session: Session, parameters: Mapping[str, str]
) -> Reply:
    del parameters
    refused = checking_up.confirm_second_step(db, call.visitor, session)
    if refused is not None:
        return _page(db, policy, call, session, refused)
    is_on = Step.SECOND_STEP in dict(checking_up.look(db, policy, session).steps)
    return Redirect(f"{HOME if is_on else method_home.WIZARD}?tried=1")


def _page(
    db: Database, policy: Policy, call: Call, session: Session, refused: Refused | None
) -> Reply:
    seen = checking_up.look(db, policy, session)
    answered = next((word for word in ("confirmed", "tried") if word in call.query), "")
    context = {
        "signed_in": True,
        "path": HOME,
        "contacts": [_contact(one) for one in seen.contacts],
        "is_due": seen.asks_for_contacts,
        "due_at": seen.contacts_due_at,
        "can_try": seen.second_step_due_at is not None,
        "steps": [
            {"step": step.value, "is_done": is_done, "where": _WHERE[step]}
            for step, is_done in seen.steps
        ],
        "answered": answered,
        "refused": refused,
        "try_action": TRY,
        "security_path": proving_pages.HOME,
    }
    return Page("security_info/checkup.html", context, refused=refused)


def _contact(checked: Checked) -> dict[str, object]:
    found = checked.contact
    return {
        "hint": checked.hint,
        "health": checked.health.value,
        "failing_since": checked.failing_since,
        "test_path": f"{proving_pages.HOME}/contacts/{ids.show('ctc', found.id)}/test",
    }
