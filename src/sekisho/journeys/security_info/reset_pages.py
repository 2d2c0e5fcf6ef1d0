"""The page on which a forgotten password is replaced, after its flow was passed."""

from functools import partial

from sekisho.authenticators import password
from sekisho.ground import ids, words
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.security_info import resetting
from sekisho.journeys.security_info.means import Means
from sekisho.records import flows, proofs
from sekisho.web import cookies
from sekisho.web.calls import Call
from sekisho.web.replies import Page, Redirect, Reply
from sekisho.web.routing import Route

_PATH = "/sign-in/{flow}/new-password"


def routes(means: Means) -> tuple[Route, ...]:
    """Return the ways in for people."""
    return (
        Route("GET", _PATH, partial(show_new, means)),
        Route("POST", _PATH, partial(post_new, means)),
    )


def show_new(means: Means, call: Call) -> Reply:
    """Show the page on which the new password is chosen."""
    ticket = _ticket(means, call)
    return Redirect("/sign-in") if ticket is None else _page(means, call, ticket, None)


def post_new(means: Means, call: Call) -> Reply:
    """Set the new password; who did signs in with it."""
    if not call.is_own_form:
        return Refused(Reason.CROSS_SITE)
    ticket = _ticket(means, call)
    if ticket is None:
        return Redirect("/sign-in")
    typed = call.form.get("password", "")
    outcome = resetting.set_new(means, call.visitor, ticket, typed)
    if isinstance(outcome, Refused):
        return _page(means, call, ticket, outcome)
    return Page("security_info/password_reset.html", {"path": "/sign-in"})


def _page(means: Means, call: Call, ticket: flows.Ticket, refused: Refused | None) -> Reply:
    bounds = resetting.bounds(means.db, means, ticket)
    if bounds is None:
        return Redirect("/sign-in") if refused is None else refused
    language = call.visitor.language
    context = {
        "path": f"/sign-in/{ids.show('flw', ticket.flow)}/new-password",
        "had_one": True,
        "name": ticket.name,
        "own_words": " ".join(sorted(password.own_words([ticket.name, means.policy.service_name]))),
        "shortest": bounds[0],
        "until": call.now + proofs.LIFE,
        "steps": {
            step.value: words.text(language, f"password.strength.{step}") for step in password.Step
        },
        "is_over": False,
        "refused": refused,
        "again_path": "/sign-in",
        "back_path": "/sign-in",
    }
    return Page("security_info/choose_password.html", context, refused=refused)


def _ticket(means: Means, call: Call) -> flows.Ticket | None:
    """Return the flow of the path, when this browser holds it."""
    wanted = ids.read("flw", call.params["flow"])
    held = call.cookies.get(cookies.FLOW, "").split(".")
    tickets = (flows.open_ticket(one, means.db.keys) for one in held if one)
    return next((one for one in tickets if one and one.flow == wanted and one.is_reset), None)
