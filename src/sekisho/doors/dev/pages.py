"""The inbox page, its JSON, and the clock; only for this machine and private networks."""

from datetime import timedelta
from functools import partial
from ipaddress import ip_address
from urllib.parse import quote

import msgspec

from sekisho.ground import clock, networks
from sekisho.ground.clock import SystemClock
from sekisho.ground.db import Database, sql
from sekisho.ground.refusal import Reason, Refused
from sekisho.records.delivery.providers.inbox import Entry, Inbox
from sekisho.web import bodies
from sekisho.web.calls import Call
from sekisho.web.replies import Json, Page, Reply
from sekisho.web.routing import Route

_AHEAD = sql(
    "INSERT INTO meta (name, value) VALUES ('ahead', :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_MOST_SECONDS = 400 * 86400


class Messages(msgspec.Struct):
    """The inbox, newest first."""

    data: list[Entry]


class Advance(msgspec.Struct, forbid_unknown_fields=True):
    """By how much to move the clock."""

    advance_seconds: int


class Moved(msgspec.Struct):
    """The service's time after the move."""

    now: str


_ADVANCE = msgspec.json.Decoder(Advance)


def routes(db: Database, inbox: Inbox) -> tuple[Route, ...]:
    """Return the ways in of `dev`."""
    return (
        Route("GET", "/dev/inbox", partial(_near, partial(show_inbox, inbox))),
        Route("GET", "/dev/inbox.json", partial(_near, partial(list_inbox, inbox))),
        Route("POST", "/dev/clock", partial(_near, partial(move_clock, db))),
    )


def show_inbox(inbox: Inbox, call: Call) -> Reply:
    """Show every message."""
    to = call.query.get("to", "")
    refreshing = call.query.get("refresh") == "1"
    others = [f"to={quote(to)}"] if to else []
    switched = [*others, *([] if refreshing else ["refresh=1"])]
    context = {
        "path": "/dev/inbox",
        "messages": [_shown(one) for one in inbox.messages(to or None)],
        "to": to,
        "refreshing": refreshing,
        "refresh_path": "/dev/inbox" + (f"?{'&'.join(switched)}" if switched else ""),
    }
    return Page("dev/inbox.html", context)


def list_inbox(inbox: Inbox, call: Call) -> Reply:
    """List the messages: `GET /dev/inbox.json?to=ADDRESS`."""
    return Json(Messages(inbox.messages(call.query.get("to") or None)))


def move_clock(db: Database, call: Call) -> Reply:
    """Move the service's time on: `POST /dev/clock`. No page of another site may (attack 095)."""
    if call.origin not in ("", f"http://{call.host}"):
        return Refused(Reason.CROSS_SITE)
    wanted = bodies.read(_ADVANCE, call.body)
    if isinstance(wanted, Refused):
        return wanted
    by = wanted.advance_seconds
    if not 0 <= by <= _MOST_SECONDS or not isinstance(db.clock, SystemClock):
        detail = "time only goes on, by 400 days at most"
        return Refused(Reason.INVALID_INPUT, pointer="/advance_seconds", detail=detail)
    ahead = db.clock.advance(timedelta(seconds=by))
    value = str(ahead.total_seconds())
    db.write("dev.clock", lambda work: work.keep(_AHEAD, value=value))
    return Json(Moved(db.clock.now().isoformat().replace("+00:00", "Z")))


def _near(inside: partial[Reply], call: Call) -> Reply:
    """Answer only this machine and private networks, asked for by an address or a local name."""
    ip = networks.parse_ip(call.visitor.ip)
    name = call.host.rsplit(":", 1)[0] if not call.host.endswith("]") else call.host
    is_near = ip is not None and (ip.is_loopback or ip.is_private)
    if not is_near or not _is_local(name):
        return Refused(Reason.NOT_FOUND)
    return inside(call)


def _is_local(name: str) -> bool:
    # Threat: DNS rebinding: a page of the internet whose name leads here must not read codes.
    if name == "localhost" or name.endswith((".localhost", ".test")):
        return True
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _shown(one: Entry) -> dict[str, object]:
    return {
        "id": one.id,
        "channel": one.channel,
        "to": one.to,
        "subject": one.subject,
        "text": one.text,
        "code": one.code,
        "label": one.label,
        "purpose": one.purpose,
        "at": clock.read(one.at),
    }
