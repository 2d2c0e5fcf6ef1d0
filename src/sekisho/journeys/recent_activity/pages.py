"""Recent activity for people: by day, newest first."""

from functools import partial
from itertools import groupby

from sekisho.ground import ids, words
from sekisho.ground.db import Database
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import device_words, place_words
from sekisho.journeys.recent_activity import actions
from sekisho.journeys.recent_activity.actions import Policy
from sekisho.records.activity import Seen
from sekisho.records.sessions import Policy as SessionPolicy
from sekisho.records.sessions import Session, guard
from sekisho.web.calls import Call
from sekisho.web.replies import Page, Reply
from sekisho.web.routing import Route

_PATH = "/account/activity"
_MOST = 50


def routes(db: Database, policy: Policy, sessions: SessionPolicy) -> tuple[Route, ...]:
    """Return the way in for people."""
    show = guard.for_pages(db, sessions, partial(show_activity, db, policy))
    return (Route("GET", _PATH, show),)


def show_activity(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Show what happened, a page of events at a time."""
    after = call.query.get("after")
    before = ids.read("evt", after) if after else None
    if after and before is None:
        return Refused(Reason.NOT_FOUND)
    seen, onward = db.read(
        lambda work: actions.recent(work, policy, session.account, _MOST, before)
    )
    language, zone = call.visitor.language, call.visitor.zone
    by_day = groupby(seen, key=lambda one: words.day(one.at, zone, language))
    days = [[*events] for _, events in by_day]
    context = {
        "signed_in": True,
        "path": _PATH,
        "days": [
            {"at": events[0].at, "events": [_shown(one, language) for one in events]}
            for events in days
        ],
        "kept_days": policy.shown.days,
        "older": f"{_PATH}?after={ids.show('evt', onward)}" if onward else None,
        "newest": _PATH if after else None,
        "end_all_path": "/account/devices/end-all",
    }
    return Page("recent_activity/activity.html", context)


def _shown(one: Seen, language: str) -> dict[str, object]:
    return {
        "id": ids.show("evt", one.id),
        "at": one.at,
        "kind": one.kind.value,
        "outcome": one.outcome,
        "device": device_words(one.device, language),
        "place": place_words(one.country, language),
        "ip": one.ip,
        "label": one.label,
        "reasons": list(one.reasons),
    }
