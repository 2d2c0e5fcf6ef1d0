"""The verbs of a person's own sessions."""

from dataclasses import dataclass, field

from sekisho.ground import ids
from sekisho.ground.clock import instant
from sekisho.ground.db import Work
from sekisho.ground.visitor import Visitor
from sekisho.journeys.my_account import devices, enders
from sekisho.records import accounts, activity, checkups, contacts, methods, notices, sessions
from sekisho.records.activity import Event, Kind
from sekisho.records.checkups import Checkup
from sekisho.records.notices import Told
from sekisho.records.sessions import Policy, Session


@dataclass(frozen=True, slots=True)
class Home:
    """What the home page shows."""

    name: str = field(repr=False)
    before: activity.Seen | None
    sessions: int
    checkup: Checkup


@dataclass(frozen=True, slots=True)
class Receipt:
    """What signing out everywhere ended: sessions, and by the words of `enders` what else."""

    sessions: int
    also: dict[str, int]


def home(work: Work, own: devices.Policy, session: Session) -> Home:
    """Gather the home: sign-in name, the sign-in before this one, sessions, what is asked (P7)."""
    account = accounts.find(work, session.account)
    since = instant(account.created_at) if account else work.now
    found = contacts.of_account(work, session.account)
    primary = next((one for one in found if account and one.id == account.contact), None)
    seen = activity.recent(work, session.account, since=since, most=50)
    this_one = ids.floor(session.created_at)  # events know the millisecond
    before = [one for one in seen if one.kind is Kind.SIGNED_IN and one.id < this_one]
    return Home(
        name=contacts.address(work.keys, primary.id, primary.sealed).text if primary else "",
        before=before[0] if before else None,
        sessions=len(listed(work, own.sessions, session)),
        checkup=checkups.look(work, session.account, own.checkups),
    )


def listed(work: Work, policy: Policy, session: Session) -> list[Session]:
    """Return the account's live sessions, this one first."""
    idle = int(policy.idle.total_seconds() * 1_000_000)
    found = sessions.of_account(work, session.account, idle)
    return sorted(found, key=lambda one: one.id != session.id)


def phones(work: Work, session: Session) -> int:
    """Return how many phones approve for the account: signing out everywhere ends them too."""
    held = methods.of_account(work, session.account)
    return sum(one.kind == "push" and one.state is methods.State.ACTIVE for one in held)


def sign_out(work: Work, session: Session, visitor: Visitor) -> None:
    """End the session that asks for it."""
    sessions.end(work, session.account, session.id)
    activity.record(work, Event(Kind.SIGNED_OUT, session.account, visitor))


def end_one(work: Work, session: Session, other: int, visitor: Visitor) -> bool:
    """End another session of the same account; say whether there was one (attack 106)."""
    if not sessions.end(work, session.account, other):
        return False
    kind = Kind.SIGNED_OUT if other == session.id else Kind.SESSION_ENDED
    activity.record(work, Event(kind, session.account, visitor))
    return True


def end_all(
    work: Work, policy: Policy, session: Session, visitor: Visitor, *, keep_current: bool
) -> Receipt:
    """Sign out everywhere, this session too unless it is kept; say what ended (S1, 063, 107)."""
    account = session.account
    accounts.hold(work, account)
    told = notices.addressees(work, account)
    kept = session.id if keep_current else None
    ended = sessions.end_all(work, account, kept, policy)
    also = enders.end_all(work, account)
    if also[enders.PHONES]:
        # Threat: 041, whoever took a session takes phones away: every contact hears of it.
        accounts.void_codes(work, account)
        activity.record(work, Event(Kind.METHOD_REMOVED, account, visitor, reasons=("push",)))
        notices.tell_all(work, Told.METHOD_REMOVED, told, visitor, kind="push")
    activity.record(work, Event(Kind.SESSIONS_ENDED, account, visitor))
    return Receipt(ended, also)
