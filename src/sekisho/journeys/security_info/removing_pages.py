"""Pages that rename a method, or remove it after a step-up."""

from collections.abc import Mapping
from functools import partial

from sekisho.ground import ids
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.security_info import changing, enrolling, method_home, proving_pages, rules
from sekisho.journeys.security_info.means import Means
from sekisho.journeys.security_info.method_home import HOME
from sekisho.records.methods import Method
from sekisho.records.sessions import Session, guard
from sekisho.web.calls import Call
from sekisho.web.replies import Page, Reply
from sekisho.web.routing import Route

_ONE = f"{HOME}/{{method}}"


def routes(means: Means) -> tuple[Route, ...]:
    """Return the ways in for people."""
    inside = partial(guard.for_pages, means.db, means.policy.sessions)
    return (
        Route("GET", f"{_ONE}/rename", inside(partial(show_rename, means))),
        Route("POST", f"{_ONE}/rename", inside(partial(post_rename, means))),
        Route("GET", f"{_ONE}/remove", inside(partial(show_remove, means))),
        Route("POST", f"{_ONE}/remove", inside(partial(post_remove, means))),
    )


def show_rename(means: Means, call: Call, session: Session) -> Reply:
    """Ask for another name."""
    named = _named(means, call, session)
    if named is None or named.kind not in rules.NAMED:
        return Refused(Reason.NOT_FOUND)
    return _rename_page(call, named, named.name, None)


def post_rename(means: Means, call: Call, session: Session) -> Reply:
    """Give a method another name."""
    named = _named(means, call, session)
    if named is None or named.kind not in rules.NAMED:
        return Refused(Reason.NOT_FOUND)
    typed = call.form.get("name", "")[: rules.MOST_PARAMETER]
    outcome = changing.rename(means.db, call.visitor, session, named.id, typed)
    match outcome:
        case Refused():
            return _rename_page(call, named, typed, outcome)
        case Method():
            return method_home.told(means, call, session, "methods.was_renamed", outcome)


def show_remove(means: Means, call: Call, session: Session) -> Reply:
    """Ask before a method is removed, or say why it stays."""
    named = _named(means, call, session)
    return _remove_page(means, call, session, named, None) if named else Refused(Reason.NOT_FOUND)


def post_remove(means: Means, call: Call, session: Session) -> Reply:
    """Begin the step-up that removing a method needs."""
    named = _named(means, call, session)
    if named is None:
        return Refused(Reason.NOT_FOUND)
    refused = means.db.read(lambda work: changing.may_remove(work, session.account, named))
    begun = refused or proving_pages.begin(
        means.db,
        means.policy,
        call,
        session,
        rules.REMOVE_METHOD,
        {"id": ids.show("mtd", named.id)},
    )
    if isinstance(begun, Refused):
        return _remove_page(means, call, session, named, begun)
    return begun


def remove(means: Means, call: Call, session: Session, parameters: Mapping[str, str]) -> Reply:
    """Remove the method that a step-up was for."""
    method = ids.read("mtd", parameters["id"]) or 0
    outcome = changing.remove(means.db, means.policy, call.visitor, session, method)
    match outcome:
        case Refused():
            return method_home.home(means, call, session, refused=outcome)
        case Method():
            is_passkey = outcome.kind == "passkey"
            key = "methods.passkey_was_removed" if is_passkey else "methods.was_removed"
            return method_home.told(means, call, session, key, outcome)


def _rename_page(call: Call, named: Method, typed: str, refused: Refused | None) -> Page:
    context = {
        "signed_in": True,
        "path": f"{HOME}/{call.params['method']}/rename",
        "kind": named.kind,
        "name": typed,
        "refused": refused,
        "back_path": HOME,
    }
    return Page("security_info/rename_method.html", context, refused=refused)


def _remove_page(
    means: Means, call: Call, session: Session, named: Method, refused: Refused | None
) -> Page:
    needed = means.db.read(lambda work: changing.may_remove(work, session.account, named))
    card = method_home.card(named, None)
    context = {
        "signed_in": True,
        "path": card["remove_path"],
        "method": card,
        "refused": refused or needed,
        "may_go": needed is None,
        "back_path": HOME,
    }
    told = refused if call.is_write else None  # shown before anybody pressed, it refuses nothing
    return Page("security_info/remove_method.html", context, refused=told)


def _named(means: Means, call: Call, session: Session) -> Method | None:
    wanted = ids.read("mtd", call.params["method"])
    found = means.db.read(lambda work: enrolling.listed(work, session))
    return next((one for one in found.methods if one.id == wanted), None)
