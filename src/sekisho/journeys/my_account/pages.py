"""Home, devices and sessions, sign out, sign out everywhere: for people."""

from functools import partial

from sekisho.ground import ids
from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import device_words, place_words
from sekisho.journeys.my_account import actions
from sekisho.records.sessions import Policy, Session, guard
from sekisho.web import cookies
from sekisho.web.calls import Call
from sekisho.web.replies import Cookie, Page, Redirect, Reply
from sekisho.web.routing import Route

_END_ALL = "/account/devices/end-all"


def routes(db: Database, policy: Policy) -> tuple[Route, ...]:
    """Return the ways in for people."""
    inside = partial(guard.for_pages, db, policy)
    return (
        Route("GET", "/account", inside(partial(show_home, db, policy))),
        Route("GET", "/account/devices", inside(partial(show_devices, db, policy))),
        Route("POST", "/account/devices/{session}/end", inside(partial(post_end, db, policy))),
        Route("GET", _END_ALL, inside(partial(show_end_all, db, policy))),
        Route("POST", _END_ALL, inside(partial(post_end_all, db, policy))),
        Route("GET", "/sign-out", inside(partial(show_home, db, policy))),
        Route("POST", "/sign-out", inside(partial(post_sign_out, db))),
    )


def show_home(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Show the account's home."""
    home = db.read(lambda work: actions.home(work, policy, session))
    language, before = call.visitor.language, home.before
    context = {
        "signed_in": True,
        "path": "/account",
        "name": home.name,
        "last_sign_in": None
        if before is None
        else {
            "at": before.at,
            "device": device_words(before.device, language),
            "place": place_words(before.country, language),
        },
        "sessions": home.sessions,
        "ways": list(session.methods),
        "end_all_path": _END_ALL,
    }
    return Page("my_account/home.html", context)


def show_devices(
    db: Database, policy: Policy, call: Call, session: Session, ended: str | None = None
) -> Reply:
    """Show the sessions, this one first."""
    found = db.read(lambda work: actions.listed(work, policy, session))
    language = call.visitor.language
    context = {
        "signed_in": True,
        "path": "/account/devices",
        "sessions": [
            {
                "id": ids.show("ses", one.id),
                "device": device_words(one.device, language),
                "place": place_words(one.country, language),
                "signed_in_at": one.created_at,
                "last_used_at": one.last_used_at,
                "current": one.id == session.id,
                "end_action": f"/account/devices/{ids.show('ses', one.id)}/end",
            }
            for one in found
        ],
        "ended": ended,
        "end_all_path": _END_ALL,
        "older": None,
    }
    return Page("my_account/devices.html", context)


def post_end(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """End one session and say which."""
    other = ids.read("ses", call.params["session"])
    found = db.read(lambda work: actions.listed(work, policy, session))
    named = next((one for one in found if one.id == other), None)
    if named is None:
        return Refused(Reason.NOT_FOUND)
    db.write(
        "my_account.end_one", lambda work: actions.end_one(work, session, named.id, call.visitor)
    )
    if named.id == session.id:
        return _gone()
    return show_devices(
        db, policy, call, session, ended=device_words(named.device, call.visitor.language)
    )


def show_end_all(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Ask before everything ends."""
    del call
    found = db.read(lambda work: actions.listed(work, policy, session))
    context = {
        "signed_in": True,
        "path": _END_ALL,
        "others": len(found) - 1,
        "end_all_path": _END_ALL,
    }
    return Page("my_account/end_all.html", context)


def post_end_all(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Sign out everywhere and give a receipt (spec S1)."""
    keep = call.form.get("keep_current") == "yes"
    ended = db.write(
        "my_account.end_all",
        lambda work: actions.end_all(work, policy, session, call.visitor, keep_current=keep),
    )
    context = {
        "signed_in": keep,
        "path": "/account/devices" if keep else "/sign-in",
        "ended": ended,
        "kept": keep,
    }
    gone = () if keep else (Cookie(cookies.SESSION, ""),)
    return Page("my_account/ended_all.html", context, cookies=gone)


def post_sign_out(db: Database, call: Call, session: Session) -> Reply:
    """End this session; the browser stays familiar."""
    db.write("my_account.sign_out", lambda work: actions.sign_out(work, session, call.visitor))
    return _gone()


def _gone() -> Redirect:
    return Redirect("/signed-out", (Cookie(cookies.SESSION, ""),))
