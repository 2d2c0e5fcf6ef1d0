"""The verbs of a person's own browsers: those that the account knows, and those that it trusts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from sekisho.ground.db import Work
from sekisho.ground.visitor import Visitor
from sekisho.records import activity, checkups, sessions, trust
from sekisho.records.activity import Event, Kind
from sekisho.records.sessions import Session


@dataclass(frozen=True, slots=True)
class Policy:
    """What the pages of an account follow."""

    sessions: sessions.Policy
    trust: trust.Policy
    checkups: checkups.Policy


class Browser(msgspec.Struct, frozen=True):
    """A browser as its owner sees it; `trusted_until` is None where a second step is asked."""

    id: int
    mark: str
    country: str | None
    first_used_at: datetime
    last_used_at: datetime
    trusted_at: datetime | None
    trusted_until: datetime | None
    sessions: int
    is_current: bool


class Listed(msgspec.Struct, frozen=True):
    """The browsers used lately, and how many more the account would know again."""

    browsers: list[Browser]
    older: int


class Removed(msgspec.Struct, frozen=True):
    """The receipt of a removal: how many browsers, sessions and trusts."""

    browsers: int
    sessions: int
    trusted: int


def listed(work: Work, policy: Policy, session: Session) -> Listed:
    """Return the account's browsers, this one first, then the one used last (spec S2)."""
    idle = policy.sessions.idle // timedelta(microseconds=1)
    live = sessions.of_account(work, session.account, idle)
    trusts = {one.device: one for one in trust.of_account(work, session.account)}
    found = [
        _browser(one, trusts.get(one.id), live, session, work.now)
        for one in sessions.devices(work, session.account)
    ]
    edge = work.now - policy.trust.unused
    shown = [one for one in found if one.is_current or one.last_used_at >= edge]
    shown.sort(key=lambda one: (one.is_current, one.last_used_at), reverse=True)
    return Listed(shown, len(found) - len(shown))


def remove(
    work: Work, policy: Policy, session: Session, visitor: Visitor, browser: int
) -> Removed | None:
    """Remove a browser, with its trust and its sessions; None where the account has no such one."""
    ended = sessions.forget(work, session.account, browser, policy.sessions)
    if ended is None:
        return None
    removed = Removed(1, ended, trust.end(work, session.account, browser))
    activity.record(work, Event(Kind.DEVICE_REMOVED, session.account, visitor))
    return removed


def remove_all(
    work: Work, policy: Policy, session: Session, visitor: Visitor, *, keep_current: bool
) -> Removed:
    """Remove every browser, this one too unless it is kept."""
    account, kept = session.account, session.browser if keep_current else 0
    removed = Removed(
        browsers=sessions.forget_all(work, account, kept),
        sessions=sessions.end_all(
            work, account, session.id if keep_current else None, policy.sessions
        ),
        trusted=trust.end_others(work, account, kept),
    )
    activity.record(work, Event(Kind.DEVICE_REMOVED, account, visitor))
    return removed


def _browser(
    device: sessions.Device,
    given: trust.Kept | None,
    live: list[Session],
    session: Session,
    now: datetime,
) -> Browser:
    here = [one for one in live if one.browser == device.id]
    used = [device.last_at, *(one.last_used_at for one in here)]
    is_trusted = given is not None and now < given.ends_at
    return Browser(
        id=device.id,
        mark=device.mark,
        country=device.country,
        first_used_at=device.first_at,
        last_used_at=max(used),
        trusted_at=given.trusted_at if given and is_trusted else None,
        trusted_until=given.ends_at if given and is_trusted else None,
        sessions=len(here),
        is_current=device.id == session.browser,
    )
