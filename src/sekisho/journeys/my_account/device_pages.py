"""Devices for people: where the account is signed in, and which browsers it knows and trusts."""

from functools import partial

from sekisho.ground import ids
from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import device_words, place_words
from sekisho.journeys.my_account import actions, devices
from sekisho.journeys.my_account.devices import Browser, Policy
from sekisho.records.sessions import Session, guard
from sekisho.web import cookies
from sekisho.web.calls import Call
from sekisho.web.replies import Cookie, Page, Redirect, Reply
from sekisho.web.routing import Route

PATH = "/account/devices"
END_ALL = f"{PATH}/end-all"
REMOVE_ALL = f"{PATH}/remove-all"


def routes(db: Database, policy: Policy) -> tuple[Route, ...]:
    """Return the ways in for people."""
    inside = partial(guard.for_pages, db, policy.sessions)
    return (
        Route("GET", PATH, inside(partial(show_devices, db, policy))),
        Route("POST", f"{PATH}/{{id}}/end", inside(partial(post_end, db, policy))),
        Route("POST", f"{PATH}/{{id}}/remove", inside(partial(post_remove, db, policy))),
        Route("GET", REMOVE_ALL, inside(partial(show_remove_all, db, policy))),
        Route("POST", REMOVE_ALL, inside(partial(post_remove_all, db, policy))),
    )


def show_devices(
    db: Database, policy: Policy, call: Call, session: Session, done: tuple[str, str] | None = None
) -> Reply:
    """Show sessions and browsers, this one first; `done` is what was just ended or removed."""
    found, known = db.read(
        lambda work: (
            actions.listed(work, policy.sessions, session),
            devices.listed(work, policy, session),
        )
    )
    language = call.visitor.language
    context = {
        "signed_in": True,
        "path": PATH,
        "sessions": [_session(one, session, language) for one in found],
        "browsers": [_browser(one, language) for one in known.browsers],
        "unused": known.older,
        "unused_days": policy.trust.unused.days,
        "ended": done[1] if done and done[0] == "ended" else None,
        "removed": done[1] if done and done[0] == "removed" else None,
        "end_all_path": END_ALL,
        "remove_all_path": REMOVE_ALL,
        "older": None,
    }
    return Page("my_account/devices.html", context)


def post_end(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """End one session and say which."""
    other = ids.read("ses", call.params["id"])
    found = db.read(lambda work: actions.listed(work, policy.sessions, session))
    named = next((one for one in found if one.id == other), None)
    if named is None:
        return Refused(Reason.NOT_FOUND)
    db.write(
        "my_account.end_one", lambda work: actions.end_one(work, session, named.id, call.visitor)
    )
    if named.id == session.id:
        return Redirect("/signed-out", (Cookie(cookies.SESSION, ""),))
    words = device_words(named.device, call.visitor.language)
    return show_devices(db, policy, call, session, ("ended", words))


def post_remove(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Remove one browser and say which; its sessions and its trust end with it."""
    browser = ids.read("dev", call.params["id"])
    known = db.read(lambda work: devices.listed(work, policy, session))
    named = next((one for one in known.browsers if one.id == browser), None)
    if named is None:
        return Refused(Reason.NOT_FOUND)
    db.write(
        "my_account.remove_device",
        lambda work: devices.remove(work, policy, session, call.visitor, named.id),
    )
    if named.is_current:
        return Redirect("/signed-out", _nothing_left())
    words = device_words(named.mark, call.visitor.language)
    return show_devices(db, policy, call, session, ("removed", words))


def show_remove_all(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Ask before every browser is removed."""
    del call
    known = db.read(lambda work: devices.listed(work, policy, session))
    others = [one for one in known.browsers if not one.is_current]
    context = {
        "signed_in": True,
        "path": REMOVE_ALL,
        "others": len(others) + known.older,
        "remove_all_path": REMOVE_ALL,
    }
    return Page("my_account/remove_all.html", context)


def post_remove_all(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Remove every browser and give a receipt."""
    keep = call.form.get("keep_current") == "yes"
    removed = db.write(
        "my_account.remove_devices",
        lambda work: devices.remove_all(work, policy, session, call.visitor, keep_current=keep),
    )
    context = {
        "signed_in": keep,
        "path": PATH if keep else "/sign-in",
        "removed": removed.browsers,
        "ended": removed.sessions,
        "trusted": removed.trusted,
        "kept": keep,
    }
    return Page("my_account/removed_all.html", context, cookies=() if keep else _nothing_left())


def _nothing_left() -> tuple[Cookie, ...]:
    """Take away what the account no longer knows; the trust of other accounts stays."""
    return (Cookie(cookies.SESSION, ""), Cookie(cookies.DEVICE, ""))


def _session(one: Session, session: Session, language: str) -> dict[str, object]:
    shown = ids.show("ses", one.id)
    return {
        "id": shown,
        "device": device_words(one.device, language),
        "place": place_words(one.country, language),
        "signed_in_at": one.created_at,
        "last_used_at": one.last_used_at,
        "current": one.id == session.id,
        "end_action": f"{PATH}/{shown}/end",
    }


def _browser(one: Browser, language: str) -> dict[str, object]:
    return {
        "device": device_words(one.mark, language),
        "place": place_words(one.country, language),
        "first_used_at": one.first_used_at,
        "last_used_at": one.last_used_at,
        "trusted_until": one.trusted_until,
        "sessions": one.sessions,
        "current": one.is_current,
        "remove_action": f"{PATH}/{ids.show('dev', one.id)}/remove",
    }
