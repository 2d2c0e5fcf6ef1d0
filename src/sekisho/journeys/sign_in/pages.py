"""Signing in for people: the name, the code, and what to do when it does not go well.

The flow's ticket lies in a cookie, several side by side, so that two tabs do not disturb each
other; its id stands in the path and is no secret. A GET changes nothing (attack 026).
"""

from functools import partial

from sekisho.authenticators import Ask, Asked, Begun, More, Status
from sekisho.ground import ids
from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.sign_in import actions, answering, asking
from sekisho.journeys.sign_in.rules import Policy, SignedIn
from sekisho.records import flows, limits, sessions
from sekisho.records.sessions import Session
from sekisho.web import cookies
from sekisho.web.calls import Call
from sekisho.web.replies import Cookie, Page, Redirect, Reply
from sekisho.web.routing import Route

_TABS = 4  # flows that one browser holds at once
_DEVICE_DAYS = 400  # the longest that browsers keep a cookie
_NAME_SIGNS = 320


def routes(db: Database, policy: Policy, gate: limits.Gate) -> tuple[Route, ...]:
    """Return the ways in for people."""
    page = "/sign-in/{flow}/code"
    return (
        Route("GET", "/", partial(show_front, db, policy)),
        Route("GET", "/sign-in", partial(show_name, db, policy)),
        Route("POST", "/sign-in", partial(post_name, db, policy, gate)),
        Route("GET", page, partial(show_code, db, policy)),
        Route("POST", page, partial(post_code, db, policy, gate)),
        Route("POST", "/sign-in/{flow}/resend", partial(post_resend, db, policy, gate)),
        Route("POST", "/sign-in/{flow}/way", partial(post_way, db, policy, gate)),
        Route("GET", "/help/code", partial(show_help, db, policy)),
        Route("GET", "/signed-out", show_signed_out),
    )


def show_front(db: Database, policy: Policy, call: Call) -> Reply:
    """Lead to the account, or to signing in."""
    return Redirect("/account" if _session(db, policy, call) else "/sign-in")


def show_name(db: Database, policy: Policy, call: Call) -> Reply:
    """Show the page that asks for a name."""
    if _session(db, policy, call):
        return Redirect("/account")
    return _name_page(policy, "", None)


def post_name(db: Database, policy: Policy, gate: limits.Gate, call: Call) -> Reply:
    """Begin a flow and ask for its first code."""
    if not call.is_own_form:
        return _not_ours(call)
    name = call.form.get("name", "")[:_NAME_SIGNS]
    begun = actions.begin(db, policy, call.visitor, name)
    match begun:
        case Refused():
            return _name_page(policy, name, begun)
        case Begun():
            pass
    if begun.options[0].hint is None:  # a phone number: none can sign in yet
        return _name_page(policy, name, Refused(Reason.INVALID_INPUT))
    request = Ask(begun.options[0].id)
    asked = asking.ask(db, policy, gate, call.visitor, begun.ticket, request)
    match asked:
        case Refused():
            return _name_page(policy, name, asked)
        case Asked():
            tickets = (begun.secret, *_held(call))[:_TABS]
            return Redirect(_path(begun.ticket), (Cookie(cookies.FLOW, ".".join(tickets)),))


def show_code(db: Database, policy: Policy, call: Call) -> Reply:
    """Show the page that takes the code."""
    ticket = _ticket(db, call)
    if ticket is None:
        return _ended(db, policy, call, "unknown" if cookies.FORM in call.cookies else "cookies")
    return _code_page(db, policy, call, ticket, None)


def post_code(db: Database, policy: Policy, gate: limits.Gate, call: Call) -> Reply:
    """Answer with what was typed; a right answer signs in under a new session (attack 096)."""
    if not call.is_own_form:
        return _not_ours(call)
    ticket = _ticket(db, call)
    if ticket is None:
        return _ended(db, policy, call, "unknown")
    before = _session(db, policy, call)
    typed = call.form.get("code", "")
    outcome = answering.answer(db, policy, gate, call.visitor, ticket, typed)
    match outcome:
        case Refused():
            return _code_page(db, policy, call, ticket, outcome)
        case More():
            return _more(db, policy, gate, call, ticket, outcome)
        case SignedIn():
            if before is not None:
                account, old = before.account, before.id
                db.write("sign_in.replace", lambda work: sessions.end(work, account, old))
            return _signed_in(call, ticket, outcome, db)


def post_resend(db: Database, policy: Policy, gate: limits.Gate, call: Call) -> Reply:
    """Ask for a new code in the same flow."""
    if not call.is_own_form:
        return _not_ours(call)
    ticket = _ticket(db, call)
    if ticket is None:
        return _ended(db, policy, call, "unknown")
    option = actions.options(db.keys, ticket)[0].id
    asked = asking.ask(db, policy, gate, call.visitor, ticket, Ask(option))
    match asked:
        case Refused():
            return _code_page(db, policy, call, ticket, asked)
        case Asked():
            return Redirect(f"{_path(ticket)}?again=1")


def post_way(db: Database, policy: Policy, gate: limits.Gate, call: Call) -> Reply:
    """Ask for the way that was chosen as the second proof."""
    if not call.is_own_form:
        return _not_ours(call)
    ticket = _ticket(db, call)
    if ticket is None:
        return _ended(db, policy, call, "unknown")
    option = call.form.get("option", "")
    asked = asking.ask(db, policy, gate, call.visitor, ticket, Ask(option))
    match asked:
        case Refused():
            return _code_page(db, policy, call, ticket, asked)
        case Asked():
            return Redirect(_path(ticket))


def _more(
    db: Database, policy: Policy, gate: limits.Gate, call: Call, ticket: flows.Ticket, more: More
) -> Reply:
    """Go on to the second proof; where there is one daily way only, ask for it at once."""
    daily = [one for one in more.options if one.kind != "recovery_code"]
    if len(daily) == 1:
        asked = asking.ask(db, policy, gate, call.visitor, ticket, Ask(daily[0].id))
        if isinstance(asked, Refused):
            return _code_page(db, policy, call, ticket, asked)
    return Redirect(_path(ticket))


def show_help(db: Database, policy: Policy, call: Call) -> Reply:
    """Show what helps when a code does not come, or is not accepted."""
    return Page("sign_in/help.html", {"signed_in": _session(db, policy, call) is not None})


def show_signed_out(call: Call) -> Reply:
    """Show that the person is signed out."""
    del call
    return Page("sign_in/signed_out.html", {})


def _name_page(policy: Policy, name: str, refused: Refused | None) -> Page:
    context = {"refused": refused, "name": name, "sign_up_open": policy.is_sign_up_open}
    status = refused.reason.status if refused else 200
    return Page("sign_in/name.html", context, status, refused=refused)


def _code_page(
    db: Database, policy: Policy, call: Call, ticket: flows.Ticket, refused: Refused | None
) -> Reply:
    seen = actions.status(db, policy, call.visitor, ticket)
    if seen.state is flows.State.PASSED:
        return _ended(db, policy, call, "used")
    if seen.state is flows.State.EXPIRED:
        return _ended(db, policy, call, "expired")
    if seen.proved:
        return _more_page(seen, refused)
    newest = seen.challenge
    if newest is None:
        return _ended(db, policy, call, "unknown")
    status = refused.reason.status if refused else 200
    context = _code_context(policy, call, seen, newest, refused)
    return Page("sign_in/code.html", context, status, refused=refused)


def _more_page(seen: Status, refused: Refused | None) -> Page:
    path = _path(seen.ticket)
    context = {
        "path": path,
        "kind": seen.kind if seen.challenge is not None else "",
        "options": [{"id": one.id, "kind": one.kind, "hint": one.hint} for one in seen.options],
        "refused": refused,
        "answer_action": path,
        "choose_action": path.replace("/code", "/way"),
    }
    status = refused.reason.status if refused else 200
    return Page("sign_in/more.html", context, status, refused=refused)


def _code_context(
    policy: Policy,
    call: Call,
    seen: Status,
    newest: flows.Challenge,
    refused: Refused | None,
) -> dict[str, object]:
    path = _path(seen.ticket)
    is_over = call.now >= newest.ends_at or newest.tries >= policy.limits.tries
    return {
        "path": path,
        "refused": refused,
        "familiar": seen.is_familiar,
        "sign_up_open": policy.is_sign_up_open,
        "hint": seen.options[0].hint or "",
        "label": newest.label,
        "digits": newest.digits,
        "asked_at": newest.sent_at,
        "until": newest.ends_at,
        "resend_at": newest.resend_at,
        "resends_left": seen.resends_left,
        "is_over": is_over,
        "sent_again": "again" in call.query and refused is None,
        "idle_minutes": int(policy.flows.idle.total_seconds() // 60),
        "ways": [seen.options[0].kind],
        "answer_action": path,
        "resend_action": path.replace("/code", "/resend"),
    }


def _signed_in(call: Call, ticket: flows.Ticket, outcome: SignedIn, db: Database) -> Reply:
    """Set the new session and device, and let go of the flow's ticket."""
    mine = [one for one in _held(call) if not _is_of(db, one, ticket.flow)]
    started = outcome.started
    given = (
        Cookie(cookies.SESSION, started.token, days=30),
        Cookie(cookies.DEVICE, started.device_token, days=_DEVICE_DAYS),
        Cookie(cookies.FLOW, ".".join(mine)),
    )
    if outcome.recovery_code is None:
        return Redirect("/account", given)
    context = {"code": outcome.recovery_code, "next_path": "/account", "path": "/account"}
    return Page("sign_in/new_recovery_code.html", context, cookies=given)


def _ended(db: Database, policy: Policy, call: Call, why: str) -> Reply:
    """Show the one page of a flow that takes nothing more."""
    signed_in = _session(db, policy, call) is not None
    if why in ("used", "unknown") and signed_in and not call.is_write:
        return Redirect("/account")  # the back button, after signing in
    status = {"unknown": 404, "cookies": 403, "expired": 410, "used": 409}[why]
    return Page("sign_in/ended.html", {"why": why, "signed_in": signed_in}, status)


def _not_ours(call: Call) -> Reply:
    """Refuse a form from elsewhere; a browser without our cookie is told about cookies."""
    if cookies.FORM in call.cookies:
        return Refused(Reason.CROSS_SITE)
    return Page("sign_in/ended.html", {"why": "cookies"}, Reason.CROSS_SITE.status)


def _session(db: Database, policy: Policy, call: Call) -> Session | None:
    token = call.cookies.get(cookies.SESSION, "")
    found = sessions.check(db, token, policy.sessions) if token else None
    return found if isinstance(found, Session) else None


def _ticket(db: Database, call: Call) -> flows.Ticket | None:
    wanted = ids.read("flw", call.params["flow"])
    tickets = (flows.open_ticket(one, db.keys) for one in _held(call))
    return next((one for one in tickets if one is not None and one.flow == wanted), None)


def _held(call: Call) -> list[str]:
    return [one for one in call.cookies.get(cookies.FLOW, "").split(".") if one][:_TABS]


def _is_of(db: Database, secret: str, flow: int) -> bool:
    ticket = flows.open_ticket(secret, db.keys)
    return ticket is None or ticket.flow == flow


def _path(ticket: flows.Ticket) -> str:
    return f"/sign-in/{ids.show('flw', ticket.flow)}/code"
