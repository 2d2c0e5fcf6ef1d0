"""What the pages of a sign-in show, and what of it lies in the browser.

The flow's ticket lies in a cookie, several side by side, so that two tabs do not disturb each
other; its id stands in the path and is no secret.
"""

import json
from collections.abc import Mapping

from sekisho.authenticators import Status, passkeys, prompts
from sekisho.ground import ids
from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.sign_in import actions, passkey_pages, rules
from sekisho.journeys.sign_in.rules import Policy
from sekisho.records import flows, sessions
from sekisho.records.sessions import Session
from sekisho.web import cookies
from sekisho.web.calls import Call
from sekisho.web.replies import Cookie, Page, Redirect, Reply

_TABS = 4  # flows that one browser holds at once
_NOTHING: Mapping[str, object] = {"trust_days": 0, "trusts": False, "unknown_passkey": ""}


def name_page(db: Database, policy: Policy, call: Call, name: str, refused: Refused | None) -> Page:
    """Show the page that takes a name."""
    context = {
        "path": "/sign-in",
        "refused": refused,
        "name": name,
        "sign_up_open": policy.is_sign_up_open,
        "passkey": passkey_pages.offer(db, policy, call.visitor),
        "unknown_passkey": _told_manager(db, policy, call, refused),
    }
    return Page("sign_in/name.html", context, refused=refused)


def code_page(
    db: Database, policy: Policy, call: Call, ticket: flows.Ticket, refused: Refused | None
) -> Reply:
    """Show the page of the proof that was asked for, or what became of the flow."""
    seen = actions.status(db, policy, call.visitor, ticket)
    if seen.state is flows.State.PASSED:
        return ended(db, policy, call, "used")
    if seen.state is flows.State.EXPIRED:
        return ended(db, policy, call, "expired")
    if seen.state is flows.State.REFUSED:
        return ended(db, policy, call, "refused")
    newest, trusting = seen.challenge, _trusting(policy, call, seen)
    if newest is None:
        return ways_page(seen, refused) if seen.proved else ended(db, policy, call, "unknown")
    if newest.kind not in prompts.SENT:
        told = _told_manager(db, policy, call, refused)
        return ways_page(seen, refused, newest.kind, {**trusting, "unknown_passkey": told})
    context = {**_code_context(policy, call, seen, newest, refused), **trusting}
    return Page("sign_in/code.html", context, refused=refused)


def _told_manager(db: Database, policy: Policy, call: Call, refused: Refused | None) -> str:
    """Return what the password manager is told that offered a passkey which nobody here has."""
    answer, origin = call.form.get("credential", ""), call.visitor.service_origin
    if refused is None or refused.reason is not Reason.CODE_WRONG or not answer:
        return ""
    found = db.read(lambda work: passkeys.unknown(work, policy.means, origin, answer))
    return json.dumps(found) if found else ""


def _trusting(policy: Policy, call: Call, seen: Status) -> dict[str, object]:
    """Return the offer to trust this browser, at a second step: for how many days (screen 14)."""
    may = bool(seen.proved) and not seen.ticket.is_reset
    days = policy.trust.length.days if may else 0
    return {"trust_days": days, "trusts": call.form.get("trust") == "yes"}


def ways_page(
    seen: Status,
    refused: Refused | None,
    kind: str = "",
    more: Mapping[str, object] = _NOTHING,
) -> Page:
    """Show the ways on, and the one that was chosen: `kind`."""
    path = path_of(seen.ticket)
    prompt = prompts.context(kind, seen, path.removesuffix("/code"))
    context = {
        "path": path if kind else f"{path.removesuffix('/code')}/ways",
        **prompt,
        **more,
        "kind": "" if prompt["is_answered"] else kind,
        "is_first": not seen.proved,
        "is_reset": seen.ticket.is_reset,
        "name": seen.ticket.name,
        "options": prompts.ways(seen),
        "refused": refused,
        "answer_action": path,
        "choose_action": path.replace("/code", "/way"),
        "forgotten_action": path.replace("/code", "/forgotten"),
    }
    return Page("sign_in/more.html", context, refused=refused)


def _code_context(
    policy: Policy,
    call: Call,
    seen: Status,
    newest: flows.Challenge,
    refused: Refused | None,
) -> dict[str, object]:
    path = path_of(seen.ticket)
    is_over = call.now >= newest.ends_at or newest.tries >= policy.limits.tries
    return {
        "path": path,
        "refused": refused,
        "familiar": seen.is_familiar,
        "sign_up_open": _may_sign_up(policy, seen),
        "hint": _hint_of(seen, newest),
        "label": newest.label,
        "digits": newest.digits,
        "asked_at": newest.sent_at,
        "until": newest.ends_at,
        "resend_at": newest.resend_at,
        "resends_left": seen.resends_left,
        "is_over": is_over,
        "sent_again": "again" in call.query and refused is None,
        "idle_minutes": int(policy.flows.idle.total_seconds() // 60),
        "ways_path": path.replace("/code", "/ways"),
        "answer_action": path,
        "resend_action": path.replace("/code", "/resend"),
    }


def _may_sign_up(policy: Policy, seen: Status) -> bool:
    """Say whether a code goes to what was typed, account or not; it depends on nothing stored."""
    name = rules.read_name(seen.ticket.name)
    return rules.may_sign_up(policy, name.email if name else None)


def _hint_of(seen: Status, newest: flows.Challenge) -> str:
    """Return where the code went, as far as who asked may see it (spec P2)."""
    return "" if newest.method else seen.options[0].hint or ""


def ended(db: Database, policy: Policy, call: Call, why: str) -> Reply:
    """Show the one page of a flow that takes nothing more."""
    signed_in = session_of(db, policy, call) is not None
    if why in ("used", "unknown") and signed_in and not call.is_write:
        return Redirect("/account")  # the back button, after signing in
    status = {"unknown": 404, "cookies": 403, "expired": 410, "used": 409, "refused": 410}[why]
    return Page("sign_in/ended.html", {"why": why, "signed_in": signed_in}, status)


def not_ours(call: Call) -> Reply:
    """Refuse a form from elsewhere; a browser without our cookie is told about cookies."""
    if cookies.FORM in call.cookies:
        return Refused(Reason.CROSS_SITE)
    return Page("sign_in/ended.html", {"why": "cookies"}, Reason.CROSS_SITE.status)


def session_of(db: Database, policy: Policy, call: Call) -> Session | None:
    """Return the session of this browser, where it has one."""
    token = call.cookies.get(cookies.SESSION, "")
    found = sessions.check(db, token, policy.sessions) if token else None
    return found if isinstance(found, Session) else None


def ticket_of(db: Database, call: Call) -> flows.Ticket | None:
    """Return the flow of the path, when this browser holds it."""
    wanted = ids.read("flw", call.params["flow"])
    tickets = (flows.open_ticket(one, db.keys) for one in held(call))
    return next((one for one in tickets if one is not None and one.flow == wanted), None)


def holding(call: Call, secret: str) -> Cookie:
    """Return the cookie with a new flow before those that this browser holds."""
    return Cookie(cookies.FLOW, ".".join((secret, *held(call))[:_TABS]))


def held(call: Call) -> list[str]:
    """Return the tickets that this browser holds."""
    return [one for one in call.cookies.get(cookies.FLOW, "").split(".") if one][:_TABS]


def is_of(db: Database, secret: str, flow: int) -> bool:
    """Say whether a ticket is of a flow, or of none any more."""
    ticket = flows.open_ticket(secret, db.keys)
    return ticket is None or ticket.flow == flow


def path_of(ticket: flows.Ticket) -> str:
    """Return where a flow is answered."""
    return f"/sign-in/{ids.show('flw', ticket.flow)}/code"
