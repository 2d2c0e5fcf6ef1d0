"""The pages that bind a phone: the picture for its camera, then the number to type on it."""

from functools import partial

from markupsafe import Markup

from sekisho.authenticators import push, totp
from sekisho.ground import ids, words
from sekisho.ground.refusal import Refused
from sekisho.ground.visitor import device_words
from sekisho.journeys.security_info import method_home, pushes
from sekisho.journeys.security_info.means import Means
from sekisho.journeys.security_info.method_home import HOME
from sekisho.journeys.security_info.rules import Enrolling
from sekisho.records.sessions import Session, guard
from sekisho.web.calls import Call
from sekisho.web.replies import Page, Redirect, Reply
from sekisho.web.routing import Route

_ONE = f"{HOME}/{{method}}/push"


def routes(means: Means) -> tuple[Route, ...]:
    """Return the ways in for people."""
    inside = partial(guard.for_pages, means.db, means.policy.sessions)
    return (Route("GET", _ONE, inside(partial(show_number, means))),)


def show_code(call: Call, begun: Enrolling) -> Page:
    """Show the picture and the code, this once; push_wait.js goes on when the phone has come."""
    title = words.text(call.visitor.language, "bind.picture")
    method = ids.show("mtd", begun.method)
    context = {
        "signed_in": True,
        "path": HOME,
        "picture": Markup(totp.draw(begun.uri, title)),  # noqa: S704  # segno's own
        "code": begun.secret,
        "app": begun.uri.partition("#")[0],
        "until": begun.ends_at,
        "next_path": f"{HOME}/{method}/push",
        "state_path": f"/api/v1/methods/{method}/pairing",
        "back_path": HOME,
    }
    return Page("security_info/bind_phone.html", context)


def show_number(means: Means, call: Call, session: Session) -> Reply:
    """Show the number to type, once the phone has come; or that it has not, or that it is over."""
    method = call.params["method"]
    seen = pushes.look(means.db, session, ids.read("mtd", method) or 0)
    if isinstance(seen, Refused):
        return Redirect(HOME)
    if seen.state == "active":
        return method_home.told(means, call, session, "methods.was_added", seen.method)
    context = {
        "signed_in": True,
        "path": f"{HOME}/{method}/push",
        "state": seen.state,
        "number": seen.number,
        "device": device_words(seen.device, call.visitor.language) if seen.device else "",
        "until": seen.ends_at,
        "state_path": f"/api/v1/methods/{method}/pairing",
        "again_path": f"{HOME}/add/{push.KIND}",
        "back_path": HOME,
    }
    return Page("security_info/bind_number.html", context)
