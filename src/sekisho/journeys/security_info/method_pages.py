"""Methods and two-step verification for people, each change after a step-up.

What is secret of a method that begins is shown once; between its page and its first code it lies
sealed in a hidden field of that page, for this session alone, so that a wrong code costs nothing.
"""

from collections.abc import Mapping
from functools import partial

import msgspec
from markupsafe import Markup

from sekisho.authenticators import totp
from sekisho.ground import ids, words
from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.security_info import enrolling, proving_pages, rules
from sekisho.journeys.security_info.enrolling import Enrolling
from sekisho.journeys.security_info.proving_pages import Act
from sekisho.journeys.security_info.rules import Policy
from sekisho.records.methods import Method
from sekisho.records.sessions import Session, guard
from sekisho.web.calls import Call
from sekisho.web.replies import Page, Redirect, Reply
from sekisho.web.routing import Route

HOME = f"{proving_pages.HOME}/methods"
_ADD = f"{HOME}/add/{{kind}}"
_ENROL = f"{HOME}/enrol"
_ONE = f"{HOME}/{{method}}/remove"
_SEAL = "enrol/v1"
_WRITE = msgspec.msgpack.Encoder().encode
_READ = msgspec.msgpack.Decoder(Enrolling).decode


def routes(db: Database, policy: Policy) -> tuple[Route, ...]:
    """Return the ways in for people."""
    inside = partial(guard.for_pages, db, policy.sessions)
    return (
        Route("GET", HOME, inside(partial(show_methods, db))),
        Route("GET", _ADD, inside(show_add)),
        Route("POST", _ADD, inside(partial(post_add, db, policy))),
        Route("POST", _ENROL, inside(partial(post_enrol, db))),
        Route("GET", _ONE, inside(partial(show_remove, db))),
        Route("POST", _ONE, inside(partial(post_remove, db, policy))),
        Route("POST", f"{HOME}/two-step", inside(partial(post_turn, db, policy))),
    )


def acts(db: Database, policy: Policy) -> dict[str, Act]:
    """Return what a step-up for these acts does, once it was passed."""
    return {
        rules.ADD_METHOD: partial(_add, db, policy),
        rules.REMOVE_METHOD: partial(_remove, db),
        rules.TWO_STEP_ON: partial(_turn, db, policy, is_on=True),
        rules.TWO_STEP_OFF: partial(_turn, db, policy, is_on=False),
    }


def show_methods(db: Database, call: Call, session: Session) -> Reply:
    """Show the account's methods, and whether two-step verification is on."""
    del call
    return _home(db, session)


def show_add(call: Call, session: Session) -> Reply:
    """Ask for the name of an app, or before a new recovery code."""
    del session
    kind = call.params["kind"]
    return _add_page(kind, "", None) if kind in rules.METHODS else Refused(Reason.NOT_FOUND)


def post_add(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Begin the step-up that adding a method needs."""
    kind, name = call.params["kind"], call.form.get("name", "")[: rules.MOST_PARAMETER]
    if kind not in rules.METHODS:
        return Refused(Reason.NOT_FOUND)
    parameters = {"kind": kind, "name": name}
    begun = proving_pages.begin(db, policy, call, session, rules.ADD_METHOD, parameters)
    return _add_page(kind, name, begun) if isinstance(begun, Refused) else begun


def post_enrol(db: Database, call: Call, session: Session) -> Reply:
    """Take the first code of a method; a wrong one shows the page again, with what it showed."""
    begun = _opened(db, call, session)
    if begun is None:
        return Redirect(HOME)
    typed = call.form.get("code", "")
    outcome = enrolling.confirm(db, call.visitor, session, begun.method, typed)
    match outcome:
        case Refused():
            return _enrol_page(db, call, session, begun, outcome)
        case Method():
            return _told(db, call, session, "methods.was_added", outcome)


def show_remove(db: Database, call: Call, session: Session) -> Reply:
    """Ask before a method is removed."""
    return _remove_page(db, call, session, None)


def post_remove(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Begin the step-up that removing a method needs."""
    named = _named(db, call, session)
    if named is None:
        return Refused(Reason.NOT_FOUND)
    parameters = {"id": ids.show("mtd", named.id)}
    begun = proving_pages.begin(db, policy, call, session, rules.REMOVE_METHOD, parameters)
    return _remove_page(db, call, session, begun) if isinstance(begun, Refused) else begun


def post_turn(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Begin the step-up that turning two-step verification on or off needs."""
    act = rules.TWO_STEP_ON if call.form.get("on") == "yes" else rules.TWO_STEP_OFF
    begun = proving_pages.begin(db, policy, call, session, act, {})
    return _home(db, session, refused=begun) if isinstance(begun, Refused) else begun


def _add(
    db: Database, policy: Policy, call: Call, session: Session, parameters: Mapping[str, str]
) -> Reply:
    begun = enrolling.begin(db, policy, session, parameters)
    match begun:
        case Refused():
            return _add_page(parameters["kind"], parameters["name"], begun)
        case Enrolling():
            return _enrol_page(db, call, session, begun, None)


def _remove(db: Database, call: Call, session: Session, parameters: Mapping[str, str]) -> Reply:
    method = ids.read("mtd", parameters["id"]) or 0
    outcome = enrolling.remove(db, call.visitor, session, method)
    match outcome:
        case Refused():
            return _home(db, session, refused=outcome)
        case Method():
            return _told(db, call, session, "methods.was_removed", outcome)


def _turn(
    db: Database,
    policy: Policy,
    call: Call,
    session: Session,
    parameters: Mapping[str, str],
    *,
    is_on: bool,
) -> Reply:
    del parameters
    ended = enrolling.turn_two_step(db, policy, call.visitor, session, is_on=is_on)
    if isinstance(ended, Refused):
        return _home(db, session, refused=ended)
    key = "two_step.was_on" if is_on else "two_step.was_off"
    return _home(db, session, told=words.text(call.visitor.language, key))


def _home(
    db: Database, session: Session, told: str | None = None, refused: Refused | None = None
) -> Page:
    found = db.read(lambda work: enrolling.listed(work, session))
    context = {
        "signed_in": True,
        "path": HOME,
        "methods": [_card(one) for one in found.methods],
        "two_step": found.two_step,
        "can_turn_on": enrolling.can_turn_on(found.methods),
        "told": told,
        "refused": refused,
        "add_app_path": f"{HOME}/add/totp",
        "add_recovery_path": f"{HOME}/add/recovery_code",
        "turn_path": f"{HOME}/two-step",
    }
    status = refused.reason.status if refused else 200
    return Page("security_info/methods.html", context, status, refused=refused)


def _told(db: Database, call: Call, session: Session, key: str, method: Method) -> Reply:
    language = call.visitor.language
    name = method.name or words.text(language, f"way.{method.kind}")
    return _home(db, session, told=words.text(language, key, name=name))


def _add_page(kind: str, name: str, refused: Refused | None) -> Page:
    context = {
        "signed_in": True,
        "path": f"{HOME}/add/{kind}",
        "kind": kind,
        "name": name,
        "refused": refused,
        "back_path": HOME,
    }
    status = refused.reason.status if refused else 200
    return Page("security_info/add_method.html", context, status, refused=refused)


def _enrol_page(
    db: Database, call: Call, session: Session, begun: Enrolling, refused: Refused | None
) -> Page:
    title = words.text(call.visitor.language, "enrol.picture")
    picture = Markup(totp.draw(begun.uri, title)) if begun.uri else ""  # noqa: S704  # segno's own
    context = {
        "signed_in": True,
        "path": _ENROL,
        "kind": begun.kind,
        "picture": picture,
        "secret": begun.secret,
        "code": begun.code,
        "until": begun.ends_at,
        "state": _sealed(db, session, begun),
        "refused": refused,
        "back_path": HOME,
    }
    status = refused.reason.status if refused else 200
    return Page("security_info/enrol.html", context, status, refused=refused)


def _remove_page(db: Database, call: Call, session: Session, refused: Refused | None) -> Reply:
    named = _named(db, call, session)
    if named is None:
        return Refused(Reason.NOT_FOUND)
    card = _card(named)
    context = {
        "signed_in": True,
        "path": card["remove_path"],
        "method": card,
        "refused": refused,
        "back_path": HOME,
    }
    status = refused.reason.status if refused else 200
    return Page("security_info/remove_method.html", context, status, refused=refused)


def _card(found: Method) -> dict[str, object]:
    return {
        "kind": found.kind,
        "name": found.name,
        "added_at": found.confirmed_at or found.created_at,
        "last_used_at": found.last_used_at,
        "remove_path": f"{HOME}/{ids.show('mtd', found.id)}/remove",
    }


def _named(db: Database, call: Call, session: Session) -> Method | None:
    wanted = ids.read("mtd", call.params["method"])
    found = db.read(lambda work: enrolling.listed(work, session))
    return next((one for one in found.methods if one.id == wanted), None)


def _sealed(db: Database, session: Session, begun: Enrolling) -> str:
    owner = session.id.to_bytes(8, "big")
    return db.keys.seal(_SEAL, _WRITE(begun), owner, db.chance).hex()


def _opened(db: Database, call: Call, session: Session) -> Enrolling | None:
    try:
        sealed = bytes.fromhex(call.form.get("state", ""))
    except ValueError:
        return None
    plain = db.keys.unseal(_SEAL, sealed, session.id.to_bytes(8, "big"))
    return _READ(plain) if plain else None
