"""The page on which a password is chosen: one field, and how hard to guess it would be."""

from functools import partial

from sekisho.authenticators import password
from sekisho.ground import ids, words
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.security_info import enrolling, method_home, passwords
from sekisho.journeys.security_info.means import Means
from sekisho.journeys.security_info.method_home import HOME
from sekisho.journeys.security_info.passwords import Choosing
from sekisho.journeys.security_info.rules import Given
from sekisho.records.methods import Method
from sekisho.records.sessions import Session, guard
from sekisho.web.calls import Call
from sekisho.web.replies import Page, Redirect, Reply
from sekisho.web.routing import Route

_ONE = f"{HOME}/{{method}}/password"


def routes(means: Means) -> tuple[Route, ...]:
    """Return the ways in for people."""
    inside = partial(guard.for_pages, means.db, means.policy.sessions)
    return (
        Route("GET", _ONE, inside(partial(show_password, means))),
        Route("POST", _ONE, inside(partial(post_password, means))),
    )


def show_password(means: Means, call: Call, session: Session) -> Reply:
    """Show the page on which a password is chosen."""
    method = ids.read("mtd", call.params["method"]) or 0
    choosing = passwords.choosing(means, session, method)
    return _page(call, choosing, None) if choosing else Redirect(HOME)


def post_password(means: Means, call: Call, session: Session) -> Reply:
    """Take the password, or say why it is not taken."""
    method = ids.read("mtd", call.params["method"]) or 0
    choosing = passwords.choosing(means, session, method)
    if choosing is None:
        return Redirect(HOME)
    given = Given("password", call.form.get("password", ""))
    outcome = enrolling.confirm(means, call.visitor, session, method, given)
    match outcome:
        case Refused(reason=Reason.NOT_FOUND):
            return Redirect(HOME)
        case Refused():
            return _page(call, choosing, outcome)
        case Method():
            key = "methods.password_was_changed" if choosing.had_one else "methods.was_added"
            return method_home.told(means, call, session, key, outcome)


def _page(call: Call, choosing: Choosing, refused: Refused | None) -> Page:
    language = call.visitor.language
    own = sorted(word for word in password.own_words(choosing.own_texts) if " " not in word)
    context = {
        "signed_in": True,
        "path": f"{HOME}/{call.params['method']}/password",
        "had_one": choosing.had_one,
        "name": choosing.name,
        "own_words": " ".join(own),
        "shortest": choosing.bounds[0],
        "until": choosing.ends_at,
        "steps": {
            step.value: words.text(language, f"password.strength.{step}") for step in password.Step
        },
        "is_over": refused is not None and refused.reason in _OVER,
        "refused": refused,
        "again_path": f"{HOME}/add/password",
        "back_path": HOME,
    }
    return Page("security_info/choose_password.html", context, refused=refused)


_OVER = (Reason.FLOW_EXPIRED, Reason.TOO_MANY_TRIES)
