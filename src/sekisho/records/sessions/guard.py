"""The guard before what only a signed-in person may do; faces call it before any work is opened."""

from collections.abc import Callable

from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.records.sessions.actions import check
from sekisho.records.sessions.rules import Policy, Session
from sekisho.web import cookies
from sekisho.web.calls import Call
from sekisho.web.replies import Cookie, Redirect, Reply

Inside = Callable[[Call, Session], Reply]
# What any endpoint for programs refuses with, before and beside what it refuses itself.
READS = (Reason.NOT_SIGNED_IN, Reason.WRONG_HOST, Reason.UNAVAILABLE)
WRITES = (*READS, Reason.CROSS_SITE, Reason.TOO_LARGE)


def session_of(db: Database, policy: Policy, call: Call) -> Session | Refused:
    """Return the session of a program's call: by header, or by cookie with our own form's token."""
    session = check(db, call.session_token, policy)
    if isinstance(session, Session) and not call.bearer and call.is_write and not call.is_own_form:
        return Refused(Reason.CROSS_SITE)
    return session


def for_programs(db: Database, policy: Policy, inside: Inside) -> Callable[[Call], Reply]:
    """Return an endpoint for a session by header, or by cookie for reading and our own forms."""

    def guarded(call: Call) -> Reply:
        session = session_of(db, policy, call)
        return session if isinstance(session, Refused) else inside(call, session)

    return guarded


def for_pages(db: Database, policy: Policy, inside: Inside) -> Callable[[Call], Reply]:
    """Return an endpoint of a page; who is not signed in is sent to sign in."""

    def guarded(call: Call) -> Reply:
        session = check(db, call.cookies.get(cookies.SESSION, ""), policy)
        if isinstance(session, Refused):
            return Redirect("/sign-in", (Cookie(cookies.SESSION, ""),))
        if call.is_write and not call.is_own_form:
            return Refused(Reason.CROSS_SITE)
        return inside(call, session)

    return guarded
