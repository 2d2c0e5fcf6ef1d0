"""Security info for people: the list, adding and removing a contact, each after a step-up.

The page that takes a new number is in phone_pages.py.
"""

from collections.abc import Mapping
from functools import partial

from sekisho.authenticators import Asked
from sekisho.ground import ids, words
from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.security_info import (
    actions,
    checkup_pages,
    doubts,
    method_home,
    method_pages,
    phone_pages,
    proving_pages,
    rules,
)
from sekisho.journeys.security_info.means import Means
from sekisho.journeys.security_info.proving_pages import Act
from sekisho.journeys.security_info.rules import Card, Policy, Proposed
from sekisho.records.contacts import CODE_KINDS, PHONE, State
from sekisho.records.sessions import Session, guard
from sekisho.web.calls import Call
from sekisho.web.replies import Page, Redirect, Reply
from sekisho.web.routing import Route

_HOME = proving_pages.HOME
_ADD = f"{_HOME}/add"
_ONE = f"{_HOME}/contacts/{{contact}}"
_ADDRESS_SIGNS = 320
_NO_DOUBT: Mapping[str, object] = {"doubts": [], "meant": "", "sure": ""}


def routes(means: Means) -> tuple[Route, ...]:
    """Return the ways in for people."""
    db, policy = means.db, means.policy
    inside = partial(guard.for_pages, db, policy.sessions)
    acts: dict[str, Act] = {
        rules.ADD: partial(_add, db, policy),
        rules.REMOVE: partial(_remove, db, policy),
        **method_pages.acts(means),
        **checkup_pages.acts(db, policy),
    }
    return (
        Route("GET", _HOME, inside(partial(show_home, db, policy))),
        Route("GET", _ADD, inside(partial(show_add))),
        Route("POST", _ADD, inside(partial(post_add, db, policy))),
        *phone_pages.routes(db, policy),
        Route("GET", f"{_ONE}/remove", inside(partial(show_remove, db, policy))),
        Route("POST", f"{_ONE}/remove", inside(partial(post_remove, db, policy))),
        Route("GET", _ONE, inside(partial(show_contact, db, policy))),
        Route("POST", _ONE, inside(partial(post_contact, db, policy))),
        Route("POST", f"{_ONE}/code", inside(partial(post_code, db, policy))),
        *method_pages.routes(means),
        *checkup_pages.routes(db, policy),
        *proving_pages.routes(db, policy, acts),
    )


def show_home(
    db: Database, policy: Policy, call: Call, session: Session, told: str | None = None
) -> Reply:
    """Show the account's contacts."""
    del call
    found = db.read(lambda work: actions.listed(work, policy, session))
    context = {
        "signed_in": True,
        "path": _HOME,
        "contacts": [_card(one) for one in found],
        "told": told,
        "is_only": sum(one.contact.state is State.VERIFIED for one in found) == 1,
        "add_path": _ADD,
        "add_phone_path": phone_pages.PATH if policy.contacts.channels else None,
        "methods_path": method_home.HOME,
    }
    return Page("security_info/home.html", context)


def show_add(call: Call, session: Session) -> Reply:
    """Ask for the new address."""
    del call, session
    return _add_page("", None)


def post_add(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Begin the step-up that adding an address needs."""
    address = call.form.get("address", "")[:_ADDRESS_SIGNS]
    parameters = {"kind": "email", "address": address}
    if not doubts.settled(address, call.form.get("sure", "")):
        return _add_page(address, None, doubts.asked(address, call.visitor.language))
    begun = proving_pages.begin(db, policy, call, session, rules.ADD, parameters)
    return _add_page(address, begun) if isinstance(begun, Refused) else begun


def show_remove(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Ask before a contact is removed."""
    return _remove_page(db, policy, call, session, None)


def post_remove(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Begin the step-up that removing needs; one that was never proved goes at once."""
    named = _named(db, policy, call, session)
    if named is None:
        return Refused(Reason.NOT_FOUND)
    if named.contact.state is State.PENDING:
        return _removed(db, policy, call, session, named.contact.id)
    parameters = {"id": ids.show("ctc", named.contact.id)}
    begun = proving_pages.begin(db, policy, call, session, rules.REMOVE, parameters)
    return _remove_page(db, policy, call, session, begun) if isinstance(begun, Refused) else begun


def show_contact(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Show the page that takes the code of a new contact."""
    return _contact_page(db, policy, call, session, None)


def post_contact(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Prove a new contact."""
    contact = ids.read("ctc", call.params["contact"])
    if contact is None:
        return Refused(Reason.NOT_FOUND)
    typed = call.form.get("code", "")
    outcome = actions.confirm(db, policy, call.visitor, session, contact, typed)
    match outcome:
        case Refused():
            return _contact_page(db, policy, call, session, outcome)
        case Card():
            return _told(db, policy, call, session, ("security.was_added", outcome))


def post_code(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Send a new code to a new contact."""
    contact = ids.read("ctc", call.params["contact"])
    if contact is None:
        return Refused(Reason.NOT_FOUND)
    channel = call.form.get("channel", "")
    asked = actions.send_again(db, policy, call.visitor, session, contact, channel=channel)
    match asked:
        case Refused():
            return _contact_page(db, policy, call, session, asked)
        case Asked():
            return Redirect(_contact_path(contact, channel, "again=1"))


def _add(
    db: Database, policy: Policy, call: Call, session: Session, parameters: Mapping[str, str]
) -> Reply:
    """Add the address that the step-up was for."""
    outcome = actions.add(db, policy, call.visitor, session, parameters)
    match outcome:
        case Refused() if parameters["kind"] == PHONE:
            return phone_pages.page(policy, call, parameters, outcome)
        case Refused():
            return _add_page(parameters["address"], outcome)
        case Proposed():
            contact, channel = outcome.card.contact.id, parameters.get("channel", "")
            return Redirect(_contact_path(contact, channel))


def _contact_path(contact: int, channel: str, *more: str) -> str:
    """Return where a new contact's code is taken; the page says how the code went."""
    query = "&".join((*more, f"by={channel}") if channel in CODE_KINDS else more)
    return f"{_HOME}/contacts/{ids.show('ctc', contact)}{'?' if query else ''}{query}"


def _remove(
    db: Database, policy: Policy, call: Call, session: Session, parameters: Mapping[str, str]
) -> Reply:
    """Remove the contact that the step-up was for."""
    return _removed(db, policy, call, session, ids.read("ctc", parameters["id"]) or 0)


def _removed(db: Database, policy: Policy, call: Call, session: Session, contact: int) -> Reply:
    outcome = actions.remove(db, policy, call.visitor, session, contact)
    match outcome:
        case Refused():
            return _remove_page(db, policy, call, session, outcome)
        case Card():
            was_proved = outcome.contact.state is State.VERIFIED
            key = "security.was_removed" if was_proved else "security.was_dropped"
            return _told(db, policy, call, session, (key, outcome))


def _told(
    db: Database, policy: Policy, call: Call, session: Session, done: tuple[str, Card]
) -> Reply:
    told = words.text(call.visitor.language, done[0], hint=done[1].hint)
    return show_home(db, policy, call, session, told)


def _add_page(
    address: str, refused: Refused | None, doubted: Mapping[str, object] = _NO_DOUBT
) -> Page:
    context = {
        **doubted,
        "signed_in": True,
        "path": _ADD,
        "address": address,
        "refused": refused,
        "back_path": _HOME,
    }
    return Page("security_info/add.html", context, refused=refused)


def _remove_page(
    db: Database, policy: Policy, call: Call, session: Session, refused: Refused | None
) -> Reply:
    named = _named(db, policy, call, session)
    if named is None:
        return Refused(Reason.NOT_FOUND)
    context = {
        "signed_in": True,
        "path": f"{_HOME}/contacts/{ids.show('ctc', named.contact.id)}/remove",
        "contact": _card(named),
        "refused": refused,
        "back_path": _HOME,
    }
    return Page("security_info/remove.html", context, refused=refused)


def _contact_page(
    db: Database, policy: Policy, call: Call, session: Session, refused: Refused | None
) -> Reply:
    number = ids.read("ctc", call.params["contact"]) or 0
    seen = db.read(lambda work: actions.pending(work, policy, session, number))
    if seen is None:
        return Redirect(_HOME) if refused is None else refused
    channels = seen.card.channels
    by = call.query.get("by", channels[0])
    path = _contact_path(number, "")
    context = proving_pages.code_context(
        policy, call, seen.asked.flow.challenge, seen.asked.resends_left
    )
    context |= {
        "path": path,
        "hint": seen.card.hint,
        "channels": channels,
        "by": by if by in channels else channels[0],
        "refused": refused,
        "answer_action": _contact_path(number, by),
        "resend_action": f"{path}/code",
        "back_path": _HOME,
    }
    return Page("security_info/verify.html", context, refused=refused)


def _card(card: Card) -> dict[str, object]:
    found = card.contact
    path = f"{_HOME}/contacts/{ids.show('ctc', found.id)}"
    return {
        "hint": card.hint,
        "is_name": found.is_name,
        "phone_channels": card.channels if found.kind == PHONE else (),
        "is_pending": found.state is State.PENDING,
        "added_at": found.added_at,
        "enter_path": path,
        "remove_path": f"{path}/remove",
    }


def _named(db: Database, policy: Policy, call: Call, session: Session) -> Card | None:
    wanted = ids.read("ctc", call.params["contact"])
    found = db.read(lambda work: actions.listed(work, policy, session))
    return next((one for one in found if one.contact.id == wanted), None)
