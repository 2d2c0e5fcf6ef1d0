"""Notice choices for people: what is told to whom, with a box for each kind that may be off."""

from functools import partial

from sekisho.ground.db import Database
from sekisho.ground.refusal import Refused
from sekisho.journeys.notice_choices import actions
from sekisho.records.notices import Choice
from sekisho.records.sessions import Policy, Session, guard
from sekisho.web.calls import Call
from sekisho.web.replies import Page, Redirect, Reply
from sekisho.web.routing import Route

HOME = "/account/security/notices"


def routes(db: Database, policy: Policy) -> tuple[Route, ...]:
    """Return the ways in for people."""
    inside = partial(guard.for_pages, db, policy)
    return (
        Route("GET", HOME, inside(partial(show_choices, db))),
        Route("POST", HOME, inside(partial(post_choices, db))),
    )


def show_choices(db: Database, call: Call, session: Session) -> Reply:
    """Show what is told to whom."""
    seen = db.read(lambda work: actions.look(work, session))
    context = {
        "signed_in": True,
        "path": HOME,
        "readers": [{"hint": one.hint, "until": one.until} for one in seen.readers],
        "choices": [_box(one) for one in seen.choices if not one.is_critical],
        "always": [one.told.value for one in seen.choices if one.is_critical],
        "is_saved": "saved" in call.query,
    }
    return Page("notice_choices/choices.html", context)


def post_choices(db: Database, call: Call, session: Session) -> Reply:
    """Keep the boxes: one that is not ticked turns its kind off."""
    seen = db.read(lambda work: actions.look(work, session))
    wanted = {
        (one.told.value, one.channel): call.form.get(_name(one)) == "yes"
        for one in seen.choices
        if not one.is_critical
    }
    outcome = actions.choose(db, call.visitor, session, wanted)
    return outcome if isinstance(outcome, Refused) else Redirect(f"{HOME}?saved=1")


def _box(choice: Choice) -> dict[str, object]:
    return {
        "id": _name(choice),
        "kind": choice.told.value,
        "by": choice.channel,
        "is_on": choice.is_on,
    }


def _name(choice: Choice) -> str:
    return f"{choice.told.value}-{choice.channel}"
