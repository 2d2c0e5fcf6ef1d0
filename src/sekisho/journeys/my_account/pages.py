"""Home, sign out, sign out everywhere: for people."""

from functools import partial

from sekisho.ground.db import Database
from sekisho.ground.visitor import device_words, place_words
from sekisho.journeys.my_account import actions, device_pages, devices
from sekisho.journeys.my_account.device_pages import END_ALL
from sekisho.records.sessions import Policy, Session, guard
from sekisho.web import cookies
from sekisho.web.calls import Call
from sekisho.web.replies import Cookie, Page, Redirect, Reply
from sekisho.web.routing import Route


def routes(db: Database, own: devices.Policy) -> tuple[Route, ...]:
    """Return the ways in for people."""
    policy = own.sessions
    inside = partial(guard.for_pages, db, policy)
    return (
        Route("GET", "/account", inside(partial(show_home, db, own))),
        Route("GET", END_ALL, inside(partial(show_end_all, db, policy))),
        Route("POST", END_ALL, inside(partial(post_end_all, db, policy))),
        Route("GET", "/sign-out", inside(partial(show_home, db, own))),
        Route("POST", "/sign-out", inside(partial(post_sign_out, db))),
        *device_pages.routes(db, own),
    )


def show_home(db: Database, own: devices.Policy, call: Call, session: Session) -> Reply:
    """Show the account's home, with what its owner is asked from time to time."""
    home = db.read(lambda work: actions.home(work, own, session))
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
        "asks_contacts": home.checkup.asks_for_contacts,
        "asks_second_step": home.checkup.asks_for_second_step,
        "contacts": [one.hint for one in home.checkup.contacts],
        "failing": [one.hint for one in home.checkup.failing],
        "is_confirmed": "confirmed" in call.query,
        "end_all_path": END_ALL,
    }
    return Page("my_account/home.html", context)


def show_end_all(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Ask before everything ends."""
    del call
    found, phones = db.read(
        lambda work: (actions.listed(work, policy, session), actions.phones(work, session))
    )
    context = {
        "signed_in": True,
        "path": END_ALL,
        "others": len(found) - 1,
        "phones": phones,
        "end_all_path": END_ALL,
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
        "ended": ended.sessions,
        "also": ended.also,
        "kept": keep,
    }
    gone = () if keep else (Cookie(cookies.SESSION, ""),)
    return Page("my_account/ended_all.html", context, cookies=gone)


def post_sign_out(db: Database, call: Call, session: Session) -> Reply:
    """End this session; the browser stays familiar."""
    db.write("my_account.sign_out", lambda work: actions.sign_out(work, session, call.visitor))
    return Redirect("/signed-out", (Cookie(cookies.SESSION, ""),))
