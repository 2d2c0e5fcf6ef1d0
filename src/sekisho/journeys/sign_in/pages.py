"""Signing in for people: the name, the code, and what to do when it does not go well.

A GET changes nothing (attack 026).
"""

import json
from functools import partial

from sekisho.authenticators import CODE_KIND, Ask, Asked, Begun, Given, More, prompts
from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.sign_in import actions, answering, asking, passkey_pages, shown
from sekisho.journeys.sign_in.rules import Policy, Proved, SignedIn
from sekisho.records import flows, limits, sessions, trust
from sekisho.web import cookies
from sekisho.web.calls import Call
from sekisho.web.replies import Cookie, Json, Page, Redirect, Reply
from sekisho.web.routing import Route

_DEVICE_DAYS = 400  # the longest that browsers keep a cookie
_NAME_SIGNS = 320


def routes(db: Database, policy: Policy, gate: limits.Gate) -> tuple[Route, ...]:
    """Return the ways in for people."""
    page = "/sign-in/{flow}/code"
    return (
        Route("GET", "/", partial(show_front, db, policy)),
        Route("GET", "/sign-in", partial(show_name, db, policy)),
        Route("POST", "/sign-in", partial(post_name, db, policy, gate)),
        Route("POST", "/sign-in/passkey", partial(post_passkey, db, policy, gate)),
        Route("GET", "/sign-in/passkey.json", partial(show_fresh, db, policy)),
        Route("GET", page, partial(show_code, db, policy)),
        Route("POST", page, partial(post_code, db, policy, gate)),
        Route("POST", "/sign-in/{flow}/resend", partial(post_resend, db, policy, gate)),
        Route("GET", "/sign-in/{flow}/ways", partial(show_ways, db, policy)),
        Route("POST", "/sign-in/{flow}/forgotten", partial(post_forgotten, db, policy)),
        Route("GET", "/sign-in/{flow}/push.json", partial(show_waiting, db, policy)),
        Route("POST", "/sign-in/{flow}/way", partial(post_way, db, policy, gate)),
        Route("GET", "/help/code", partial(show_help, db, policy)),
        Route("GET", "/signed-out", show_signed_out),
    )


def show_front(db: Database, policy: Policy, call: Call) -> Reply:
    """Lead to the account, or to signing in."""
    return Redirect("/account" if shown.session_of(db, policy, call) else "/sign-in")


def show_name(db: Database, policy: Policy, call: Call) -> Reply:
    """Show the page that asks for a name."""
    if shown.session_of(db, policy, call):
        return Redirect("/account")
    return shown.name_page(db, policy, call, "", None)


def show_fresh(db: Database, policy: Policy, call: Call) -> Reply:
    """Renew what an open sign-in page holds for a passkey."""
    offered = passkey_pages.offer(db, policy, call.visitor)
    if not offered:
        return Refused(Reason.NOT_FOUND)
    return Json({"options": json.loads(str(offered["options"])), "state": offered["state"]})


def post_passkey(db: Database, policy: Policy, gate: limits.Gate, call: Call) -> Reply:
    """Sign in by a passkey that says whose it is."""
    if not call.is_own_form:
        return shown.not_ours(call)
    held = passkey_pages.taken(db, call.form.get("state", ""))
    if held is None:
        return shown.name_page(db, policy, call, "", Refused(Reason.CODE_EXPIRED, kind="passkey"))
    ticket, drawn, secret = held
    opened = asking.ask_by_passkey(db, policy, gate, call.visitor, ticket, drawn)
    if isinstance(opened, Refused):
        return shown.name_page(db, policy, call, "", opened)
    outcome = _answered(db, policy, gate, call, ticket, prompts.given(call))
    match outcome:
        case Refused():
            return shown.name_page(db, policy, call, "", outcome)
        case More():
            return Redirect(shown.path_of(ticket), (shown.holding(call, secret),))
        case _:
            return outcome


def post_name(db: Database, policy: Policy, gate: limits.Gate, call: Call) -> Reply:
    """Begin a flow, and ask for its first code where no other way is wanted."""
    if not call.is_own_form:
        return shown.not_ours(call)
    name = call.form.get("name", "")[:_NAME_SIGNS]
    begun = actions.begin(db, policy, call.visitor, name)
    match begun:
        case Refused():
            return shown.name_page(db, policy, call, name, begun)
        case Begun():
            pass
    holding = shown.holding(call, begun.secret)
    if call.form.get("way") == "other":
        return Redirect(f"{shown.path_of(begun.ticket).removesuffix('/code')}/ways", (holding,))
    if begun.options[0].kind != CODE_KIND:  # a phone number: none can sign in yet
        return shown.name_page(db, policy, call, name, Refused(Reason.INVALID_INPUT))
    request = Ask(begun.options[0].id)
    asked = asking.ask(db, policy, gate, call.visitor, begun.ticket, request)
    match asked:
        case Refused():
            return shown.name_page(db, policy, call, name, asked)
        case Asked():
            return Redirect(shown.path_of(begun.ticket), (holding,))


def show_code(db: Database, policy: Policy, call: Call) -> Reply:
    """Show the page that takes the code."""
    ticket = shown.ticket_of(db, call)
    if ticket is None:
        return shown.ended(
            db, policy, call, "unknown" if cookies.FORM in call.cookies else "cookies"
        )
    return shown.code_page(db, policy, call, ticket, None)


def post_code(db: Database, policy: Policy, gate: limits.Gate, call: Call) -> Reply:
    """Answer with what was typed; a right answer signs in under a new session (attack 096)."""
    if not call.is_own_form:
        return shown.not_ours(call)
    ticket = shown.ticket_of(db, call)
    if ticket is None:
        return shown.ended(db, policy, call, "unknown")
    outcome = _answered(db, policy, gate, call, ticket, prompts.given(call))
    match outcome:
        case Refused():
            return shown.code_page(db, policy, call, ticket, outcome)
        case More():
            return _more(db, policy, gate, call, ticket, outcome)
        case _:
            return outcome


def _answered(
    db: Database,
    policy: Policy,
    gate: limits.Gate,
    call: Call,
    ticket: flows.Ticket,
    given: Given,
) -> Reply | More:
    """Answer; a right answer ends the session that the browser had before (attack 096)."""
    before = shown.session_of(db, policy, call)
    outcome = answering.answer(db, policy, gate, call.visitor, ticket, given)
    if isinstance(outcome, Proved):
        return _may_set(ticket, outcome)
    if not isinstance(outcome, SignedIn):
        return outcome
    if before is not None:
        account, old = before.account, before.id
        db.write("sign_in.replace", lambda work: sessions.end(work, account, old))
    return _signed_in(db, policy, call, ticket, outcome)


def _may_set(ticket: flows.Ticket, proved: Proved) -> Reply:
    """Lead on to the new password; a recovery code that was used is shown with its successor."""
    path = f"{shown.path_of(ticket).removesuffix('/code')}/new-password"
    if proved.recovery_code is None:
        return Redirect(path)
    context = {"code": proved.recovery_code, "next_path": path, "path": path}
    return Page("sign_in/new_recovery_code.html", context)


def post_resend(db: Database, policy: Policy, gate: limits.Gate, call: Call) -> Reply:
    """Ask for a new code in the same flow."""
    if not call.is_own_form:
        return shown.not_ours(call)
    ticket = shown.ticket_of(db, call)
    if ticket is None:
        return shown.ended(db, policy, call, "unknown")
    asked = asking.ask(db, policy, gate, call.visitor, ticket, Ask("", is_again=True))
    match asked:
        case Refused():
            return shown.code_page(db, policy, call, ticket, asked)
        case Asked():
            return Redirect(f"{shown.path_of(ticket)}?again=1")


def show_waiting(db: Database, policy: Policy, call: Call) -> Reply:
    """Show how it stands with the phone that is waited for, to push_wait.js."""
    ticket = shown.ticket_of(db, call)
    seen = actions.status(db, policy, call.visitor, ticket) if ticket else None
    if seen is None or seen.approval is None:
        return Refused(Reason.NOT_FOUND)
    return Json({"state": seen.approval.state})


def show_ways(db: Database, policy: Policy, call: Call) -> Reply:
    """Show the ways on (spec M9)."""
    ticket = shown.ticket_of(db, call)
    if ticket is None:
        return shown.ended(db, policy, call, "unknown")
    seen = actions.status(db, policy, call.visitor, ticket)
    if seen.state is not flows.State.OPEN:
        why = {flows.State.PASSED: "used", flows.State.REFUSED: "refused"}
        return shown.ended(db, policy, call, why.get(seen.state, "expired"))
    return shown.ways_page(seen, None)


def post_forgotten(db: Database, policy: Policy, call: Call) -> Reply:
    """Begin a flow for a new password, by the name of the one in the path (spec V1)."""
    if not call.is_own_form:
        return shown.not_ours(call)
    ticket = shown.ticket_of(db, call)
    if ticket is None:
        return shown.ended(db, policy, call, "unknown")
    purpose = flows.Purpose.RESET_PASSWORD
    begun = actions.begin(db, policy, call.visitor, ticket.name, purpose)
    if isinstance(begun, Refused):
        return Redirect("/sign-in")
    path = f"{shown.path_of(begun.ticket).removesuffix('/code')}/ways"
    return Redirect(path, (shown.holding(call, begun.secret),))


def post_way(db: Database, policy: Policy, gate: limits.Gate, call: Call) -> Reply:
    """Ask for the way that was chosen."""
    if not call.is_own_form:
        return shown.not_ours(call)
    ticket = shown.ticket_of(db, call)
    if ticket is None:
        return shown.ended(db, policy, call, "unknown")
    confirm = call.form.get("confirm", "")[:_NAME_SIGNS]
    request = Ask(call.form.get("option", ""), confirm or None)
    asked = asking.ask(db, policy, gate, call.visitor, ticket, request)
    match asked:
        case Refused():
            seen = actions.status(db, policy, call.visitor, ticket)
            return shown.ways_page(seen, asked)
        case Asked():
            return Redirect(shown.path_of(ticket))


def _more(
    db: Database, policy: Policy, gate: limits.Gate, call: Call, ticket: flows.Ticket, more: More
) -> Reply:
    """Go on to the second proof; where there is one daily way only, ask for it at once."""
    daily = [one for one in more.options if one.kind != "recovery_code"]
    if len(daily) == 1:
        asked = asking.ask(db, policy, gate, call.visitor, ticket, Ask(daily[0].id))
        if isinstance(asked, Refused):
            return shown.code_page(db, policy, call, ticket, asked)
    return Redirect(shown.path_of(ticket))


def show_help(db: Database, policy: Policy, call: Call) -> Reply:
    """Show what helps when a code does not come, or is not accepted."""
    return Page("sign_in/help.html", {"signed_in": shown.session_of(db, policy, call) is not None})


def show_signed_out(call: Call) -> Reply:
    """Show that the person is signed out."""
    del call
    return Page("sign_in/signed_out.html", {})


def _signed_in(
    db: Database, policy: Policy, call: Call, ticket: flows.Ticket, outcome: SignedIn
) -> Reply:
    """Set the new session, device and trust, and let go of the flow's ticket."""
    mine = [one for one in shown.held(call) if not shown.is_of(db, one, ticket.flow)]
    started = outcome.started
    given: tuple[Cookie, ...] = (
        Cookie(cookies.SESSION, started.token, days=30),
        Cookie(cookies.DEVICE, started.device_token, days=_DEVICE_DAYS),
        Cookie(cookies.FLOW, ".".join(mine)),
    )
    if outcome.trust:
        held = trust.cookie(db, call.visitor.trust, outcome.trust)
        given = (*given, Cookie(cookies.TRUST, held, days=policy.trust.length.days))
    if outcome.recovery_code is None:
        return Redirect("/account", given)
    context = {"code": outcome.recovery_code, "next_path": "/account", "path": "/account"}
    return Page("sign_in/new_recovery_code.html", context, cookies=given)
