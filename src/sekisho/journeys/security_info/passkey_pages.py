"""The page on which a browser makes a passkey; the ceremony itself needs JavaScript."""

from functools import partial

import msgspec

from sekisho.ground import ids
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.security_info import enrolling, method_home, passkeys
from sekisho.journeys.security_info.means import Means
from sekisho.journeys.security_info.method_home import HOME
from sekisho.journeys.security_info.rules import Enrolling, Given
from sekisho.records.methods import Method
from sekisho.records.sessions import Session, guard
from sekisho.web.calls import Call
from sekisho.web.replies import Page, Redirect, Reply
from sekisho.web.routing import Route

_ONE = f"{HOME}/{{method}}/passkey"
_JSON = msgspec.json.Encoder().encode


def routes(means: Means) -> tuple[Route, ...]:
    """Return the ways in for people."""
    inside = partial(guard.for_pages, means.db, means.policy.sessions)
    return (
        Route("GET", _ONE, inside(partial(show_passkey, means))),
        Route("POST", _ONE, inside(partial(post_passkey, means))),
    )


def show_passkey(means: Means, call: Call, session: Session) -> Reply:
    """Show the page that asks the browser for a passkey."""
    return _page(means, call, session, None)


def post_passkey(means: Means, call: Call, session: Session) -> Reply:
    """Take the passkey that the browser made; a flaw shows the page again, with a new challenge."""
    method = ids.read("mtd", call.params["method"])
    if method is None:
        return Refused(Reason.NOT_FOUND)
    given = Given("credential", call.form.get("credential", ""), call.form.get("state", ""))
    outcome = enrolling.confirm(means, call.visitor, session, method, given)
    match outcome:
        case Refused():
            return _page(means, call, session, outcome)
        case Method():
            return method_home.told(means, call, session, "methods.was_added", outcome)


def _page(means: Means, call: Call, session: Session, refused: Refused | None) -> Reply:
    method = ids.read("mtd", call.params["method"]) or 0
    asked = passkeys.ask_again(means.db, means.policy, call.visitor, session, method)
    match asked:
        case Refused(reason=Reason.NOT_FOUND):
            return Redirect(HOME)
        case Refused():
            return _over(call, refused or asked)
        case Enrolling():
            pass
    context = {
        **_frame(call),
        "options": _JSON(asked.public_key).decode(),
        "state": asked.state,
        "seconds": int((asked.ends_at - call.now).total_seconds()),
        "fresh_path": f"/api/v1/methods/{call.params['method']}/options",
        "refused": refused,
    }
    return Page("security_info/enrol_passkey.html", context, refused=refused)


def _over(call: Call, refused: Refused) -> Page:
    """Say that this one waits no more, and lead to a new one."""
    context = {
        **_frame(call),
        "options": "",
        "state": "",
        "seconds": 0,
        "fresh_path": "",
        "refused": refused,
    }
    return Page("security_info/enrol_passkey.html", context, refused=refused)


def _frame(call: Call) -> dict[str, object]:
    return {
        "signed_in": True,
        "path": f"{HOME}/{call.params['method']}/passkey",
        "again_path": f"{HOME}/add/passkey",
        "back_path": HOME,
    }
