"""The step-up for people: who is signed in confirms that it is him, and the act is done.

The ticket of a step-up carries its act, so a right code does the act in the same request. It lies
in the cookie of flows, as those of sign-ins do; its id stands in the path and is no secret.
"""

from collections.abc import Callable, Mapping
from functools import partial

from sekisho.authenticators import Ask, Asked, Begun, More, Passed, Start, prompts
from sekisho.ground import ids, words
from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.security_info import step_up
from sekisho.journeys.security_info.rules import Policy
from sekisho.records import flows
from sekisho.records.sessions import Session, guard
from sekisho.web import cookies
from sekisho.web.calls import Call
from sekisho.web.replies import Cookie, Json, Page, Redirect, Reply
from sekisho.web.routing import Route

HOME = "/account/security"
_PROVE = f"{HOME}/prove/{{flow}}"
_TABS = 4  # flows that one browser holds at once

Act = Callable[[Call, Session, Mapping[str, str]], Reply]


def routes(db: Database, policy: Policy, acts: Mapping[str, Act]) -> tuple[Route, ...]:
    """Return the ways in for people; `acts` do what a step-up was for, by their names."""
    inside = partial(guard.for_pages, db, policy.sessions)
    return (
        Route("GET", _PROVE, inside(partial(show_proof, db, policy))),
        Route("POST", _PROVE, inside(partial(post_proof, db, policy, acts))),
        Route("POST", f"{_PROVE}/code", inside(partial(post_proof_code, db, policy))),
        Route("POST", f"{_PROVE}/act", inside(partial(post_act, db, acts))),
        Route("GET", f"{_PROVE}/push.json", inside(partial(show_waiting, db, policy))),
    )


def show_proof(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Show the page that takes the code of a step-up."""
    return _proof_page(db, policy, call, session, None)


def show_waiting(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Show how it stands with the phone that is waited for, to push_wait.js."""
    ticket = _ticket(db, call, session)
    seen = step_up.look(db, policy, call.visitor, ticket) if ticket else None
    if seen is None or seen.approval is None:
        return Refused(Reason.NOT_FOUND)
    return Json({"state": seen.approval.state})


def post_proof(
    db: Database,
    policy: Policy,
    acts: Mapping[str, Act],
    call: Call,
    session: Session,
) -> Reply:
    """Answer a step-up, and do what it was for."""
    ticket = _ticket(db, call, session)
    if ticket is None:
        return Refused(Reason.FLOW_UNKNOWN)
    outcome = step_up.answer(db, policy, call.visitor, ticket, prompts.given(call))
    match outcome:
        case Refused():
            return _proof_page(db, policy, call, session, outcome)
        case More():
            return _more(db, policy, call, session, ticket, outcome)
        case Passed():
            return _done(call, session, ticket, acts, outcome)


def _more(
    db: Database,
    policy: Policy,
    call: Call,
    session: Session,
    ticket: flows.Ticket,
    more: More,
) -> Reply:
    """Go on to the second proof; where there is one daily way only, ask for it at once."""
    daily = [one for one in more.options if one.kind != "recovery_code"]
    if len(daily) == 1:
        asked = step_up.ask(db, policy, call.visitor, ticket, Ask(daily[0].id))
        if isinstance(asked, Refused):
            return _proof_page(db, policy, call, session, asked)
    return Redirect(_path(ticket))


def _done(
    call: Call,
    session: Session,
    ticket: flows.Ticket,
    acts: Mapping[str, Act],
    passed: Passed,
) -> Reply:
    """Do the act; a recovery code that was used is shown with its successor first."""
    if passed.recovery_code is None:
        return acts[ticket.act](call, session, step_up.parameters_of(ticket))
    context = {
        "signed_in": True,
        "path": HOME,
        "code": passed.recovery_code,
        "go_on": f"{_path(ticket)}/act",
        "what": words.text(call.visitor.language, f"act.{ticket.act}"),
    }
    return Page("security_info/new_recovery_code.html", context)


def post_act(db: Database, acts: Mapping[str, Act], call: Call, session: Session) -> Reply:
    """Do the act of a step-up that was passed, after the new recovery code was shown."""
    ticket = _ticket(db, call, session)
    if ticket is None:
        return Refused(Reason.FLOW_UNKNOWN)
    return acts[ticket.act](call, session, step_up.parameters_of(ticket))


def post_proof_code(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Send a new code for a step-up, to the contact that was chosen."""
    ticket = _ticket(db, call, session)
    if ticket is None:
        return Refused(Reason.FLOW_UNKNOWN)
    asked = step_up.ask(db, policy, call.visitor, ticket, Ask(call.form.get("option", "")))
    match asked:
        case Refused():
            return _proof_page(db, policy, call, session, asked)
        case Asked():
            again = "?again=1" if asked.flow.asked > 1 and asked.kind in prompts.SENT else ""
            return Redirect(f"{_path(ticket)}{again}")


def begin(
    db: Database,
    policy: Policy,
    call: Call,
    session: Session,
    act: str,
    parameters: dict[str, str],
) -> Redirect | Refused:
    """Begin a step-up, and where there is one contact only ask it for a code at once."""
    start = Start(act=act, parameters=parameters, account=session.account, session=session.id)
    begun = step_up.begin(db, policy, call.visitor, start)
    match begun:
        case Refused():
            return begun
        case Begun():
            pass
    if len(begun.options) == 1:
        asked = step_up.ask(db, policy, call.visitor, begun.ticket, Ask(begun.options[0].id))
        if isinstance(asked, Refused):
            return asked
    tickets = (begun.secret, *_held(call))[:_TABS]
    return Redirect(_path(begun.ticket), (Cookie(cookies.FLOW, ".".join(tickets)),))


def code_context(
    policy: Policy, call: Call, newest: flows.Challenge, resends_left: int
) -> dict[str, object]:
    """Return what a page shows of a code that was sent."""
    return {
        "signed_in": True,
        "label": newest.label,
        "digits": newest.digits,
        "asked_at": newest.sent_at,
        "until": newest.ends_at,
        "resend_at": newest.resend_at,
        "resends_left": resends_left,
        "is_over": call.now >= newest.ends_at or newest.tries >= policy.limits.tries,
        "sent_again": "again" in call.query,
    }


def _proof_page(
    db: Database,
    policy: Policy,
    call: Call,
    session: Session,
    refused: Refused | None,
) -> Reply:
    ticket = _ticket(db, call, session)
    if ticket is None:
        return Redirect(HOME) if refused is None else refused
    seen = step_up.look(db, policy, call.visitor, ticket)
    if seen.state is flows.State.REFUSED:
        return Page("security_info/stopped.html", {"signed_in": True, "path": HOME}, 410)
    if seen.state is not flows.State.OPEN:
        return Redirect(HOME) if refused is None else refused
    language = call.visitor.language
    is_sent = seen.challenge is not None and seen.kind in prompts.SENT
    kind = seen.kind if seen.challenge is not None and not is_sent else ""
    context: dict[str, object] = {"has_code": is_sent, **prompts.context(kind, seen, _path(ticket))}
    if seen.challenge is not None and is_sent:
        context |= code_context(policy, call, seen.challenge, seen.resends_left)
    context |= {
        "signed_in": True,
        "path": _path(ticket),
        "what": words.text(language, f"act.{ticket.act}"),
        "is_further": bool(seen.proved),
        "options": prompts.ways(seen),
        "refused": refused,
        "answer_action": _path(ticket),
        "resend_action": f"{_path(ticket)}/code",
        "back_path": HOME,
    }
    return Page("security_info/step_up.html", context, refused=refused)


def _ticket(db: Database, call: Call, session: Session) -> flows.Ticket | None:
    """Return the step-up of the path, when this browser holds it and this session began it."""
    wanted = ids.read("flw", call.params["flow"])
    tickets = (flows.open_ticket(one, db.keys) for one in _held(call))
    return next(
        (one for one in tickets if one and one.flow == wanted and one.session == session.id), None
    )


def _held(call: Call) -> list[str]:
    return [one for one in call.cookies.get(cookies.FLOW, "").split(".") if one][:_TABS]


def _path(ticket: flows.Ticket) -> str:
    return f"{HOME}/prove/{ids.show('flw', ticket.flow)}"
