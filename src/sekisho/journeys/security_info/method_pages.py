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
from sekisho.journeys.security_info import (
    enrolling,
    method_home,
    passkey_pages,
    passkeys,
    password_pages,
    passwords,
    proving_pages,
    push_pages,
    pushes,
    removing_pages,
    rules,
    two_step,
    two_step_pages,
)
from sekisho.journeys.security_info.means import Means
from sekisho.journeys.security_info.method_home import HOME
from sekisho.journeys.security_info.proving_pages import Act
from sekisho.journeys.security_info.rules import Enrolling, Given
from sekisho.records.methods import Method
from sekisho.records.sessions import Session, guard
from sekisho.web.calls import Call
from sekisho.web.replies import Page, Redirect, Reply
from sekisho.web.routing import Route

_ADD = f"{HOME}/add/{{kind}}"
_ENROL = f"{HOME}/enrol"
_SEAL = "enrol/v1"
_WRITE = msgspec.msgpack.Encoder().encode
_READ = msgspec.msgpack.Decoder(Enrolling).decode


def routes(means: Means) -> tuple[Route, ...]:
    """Return the ways in for people."""
    inside = partial(guard.for_pages, means.db, means.policy.sessions)
    return (
        Route("GET", HOME, inside(partial(method_home.home, means))),
        Route("GET", _ADD, inside(partial(show_add, means))),
        Route("POST", _ADD, inside(partial(post_add, means))),
        Route("POST", _ENROL, inside(partial(post_enrol, means))),
        Route("POST", f"{HOME}/two-step", inside(partial(post_turn, means))),
        *passkey_pages.routes(means),
        *password_pages.routes(means),
        *push_pages.routes(means),
        *removing_pages.routes(means),
        *two_step_pages.routes(means),
    )


def acts(means: Means) -> dict[str, Act]:
    """Return what a step-up for these acts does, once it was passed."""
    return {
        rules.ADD_METHOD: partial(_add, means),
        rules.REMOVE_METHOD: partial(removing_pages.remove, means),
        rules.TWO_STEP_ON: partial(_turn, means, is_on=True),
        rules.TWO_STEP_OFF: partial(_turn, means, is_on=False),
    }


def show_add(means: Means, call: Call, session: Session) -> Reply:
    """Ask for the name of an app, or before another kind is added."""
    kind = call.params["kind"]
    if kind not in rules.METHODS:
        return Refused(Reason.NOT_FOUND)
    return _add_page(means, call, session, (kind, ""), _not_here(means, call, kind))


def post_add(means: Means, call: Call, session: Session) -> Reply:
    """Begin the step-up that adding a method needs."""
    kind, typed = call.params["kind"], call.form.get("name", "")[: rules.MOST_PARAMETER]
    if kind not in rules.METHODS:
        return Refused(Reason.NOT_FOUND)
    name = typed if kind in (totp.KIND, pushes.KIND) else ""
    begun = _not_here(means, call, kind) or proving_pages.begin(
        means.db,
        means.policy,
        call,
        session,
        rules.ADD_METHOD,
        {"kind": kind, "name": name},
    )
    if isinstance(begun, Refused):
        return _add_page(means, call, session, (kind, name), begun)
    return begun


def post_enrol(means: Means, call: Call, session: Session) -> Reply:
    """Take the first code of a method; a wrong one shows the page again, with what it showed."""
    begun = _opened(means.db, call, session)
    if begun is None:
        return Redirect(HOME)
    given = Given("code", call.form.get("code", ""))
    outcome = enrolling.confirm(means, call.visitor, session, begun.method, given)
    match outcome:
        case Refused():
            return _enrol_page(means.db, call, session, begun, outcome)
        case Method():
            return method_home.told(means, call, session, "methods.was_added", outcome)


def post_turn(means: Means, call: Call, session: Session) -> Reply:
    """Begin the step-up that turning two-step verification on or off needs."""
    is_on = call.form.get("on") == "yes"
    act = rules.TWO_STEP_ON if is_on else rules.TWO_STEP_OFF
    held = means.db.read(lambda work: enrolling.listed(work, session)).methods
    begun = two_step.may_turn(held, is_on=is_on) or proving_pages.begin(
        means.db, means.policy, call, session, act, {}
    )
    if isinstance(begun, Refused):
        return method_home.home(means, call, session, refused=begun)
    return begun


def _add(means: Means, call: Call, session: Session, parameters: Mapping[str, str]) -> Reply:
    begun = enrolling.begin(means, call.visitor, session, parameters)
    match begun:
        case Refused():
            what = (parameters["kind"], parameters["name"])
            return _add_page(means, call, session, what, begun)
        case Enrolling(kind=pushes.KIND):
            return push_pages.show_code(call, begun)
        case Enrolling(kind=passkeys.KIND | passwords.KIND):
            return Redirect(f"{HOME}/{ids.show('mtd', begun.method)}/{begun.kind}")
        case Enrolling():
            return _enrol_page(means.db, call, session, begun, None)


def _turn(
    means: Means, call: Call, session: Session, parameters: Mapping[str, str], *, is_on: bool
) -> Reply:
    del parameters
    ended = two_step.turn(means.db, means.policy, call.visitor, session, is_on=is_on)
    if isinstance(ended, Refused):
        return method_home.home(means, call, session, refused=ended)
    key = "two_step.was_on" if is_on else "two_step.was_off"
    return method_home.home(means, call, session, words.text(call.visitor.language, key))


def _not_here(means: Means, call: Call, kind: str) -> Refused | None:
    is_passkey = kind == passkeys.KIND
    if is_passkey and means.policy.parties.at(call.visitor.service_origin) is None:
        return Refused(Reason.PASSKEYS_NOT_HERE)
    return None


def _add_page(
    means: Means, call: Call, session: Session, what: tuple[str, str], refused: Refused | None
) -> Page:
    kind, name = what
    found = means.db.read(lambda work: enrolling.listed(work, session))
    has_one = kind == passwords.KIND and any(one.kind == kind for one in found.methods)
    context = {
        "signed_in": True,
        "path": f"{HOME}/add/{kind}",
        "kind": kind,
        "word": f"{kind}_change" if has_one else kind,
        "name": name,
        "refused": refused,
        "is_offered": refused is None or refused.reason is not Reason.PASSKEYS_NOT_HERE,
        "back_path": HOME,
    }
    told = refused if call.is_write else None  # shown before anybody pressed, it refuses nothing
    return Page("security_info/add_method.html", context, refused=told)


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
    return Page("security_info/enrol.html", context, refused=refused)


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
