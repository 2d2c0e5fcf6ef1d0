"""Help for people: the comparison of methods, and what to do without any of them.

The page for those who have none asks for no name and shows nothing of an account: it is the same
for everybody (spec C11).
"""

from functools import partial

from sekisho.authenticators import KINDS, Kind
from sekisho.ground.db import Database
from sekisho.journeys.help import comparing
from sekisho.records import sessions
from sekisho.records.sessions import Policy, Session
from sekisho.web import cookies
from sekisho.web.calls import Call
from sekisho.web.replies import Page, Reply
from sekisho.web.routing import Route

METHODS = "/help/methods"
RECOVERY = "/recovery"


def routes(db: Database, policy: Policy) -> tuple[Route, ...]:
    """Return the ways in for people."""
    return (
        Route("GET", METHODS, partial(show_methods, db, policy)),
        Route("GET", RECOVERY, partial(show_recovery, db, policy)),
    )


def show_methods(db: Database, policy: Policy, call: Call) -> Reply:
    """Compare the kinds in safety, convenience and ease of recovery (spec M11)."""
    context = {
        "signed_in": _is_signed_in(db, policy, call),
        "path": METHODS,
        "kinds": [_compared(kind) for kind in comparing.strongest_first(KINDS)],
    }
    return Page("help/methods.html", context)


def show_recovery(db: Database, policy: Policy, call: Call) -> Reply:
    """Say what helps whoever has none of the ways, and what will come (spec M9, P6)."""
    return Page(
        "help/recovery.html", {"signed_in": _is_signed_in(db, policy, call), "path": RECOVERY}
    )


def _compared(kind: Kind) -> dict[str, object]:
    return {
        "kind": kind.name,
        "level": kind.assurance,
        "is_phishing_resistant": kind.is_phishing_resistant,
        "is_restricted": kind.is_restricted,
    }


def _is_signed_in(db: Database, policy: Policy, call: Call) -> bool:
    token = call.cookies.get(cookies.SESSION, "")
    return bool(token) and isinstance(sessions.check(db, token, policy), Session)
