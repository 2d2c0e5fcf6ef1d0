r"""Flows and challenges as values. Knows no store.

(ticket only) --code asked--> open --right answer--> passed
                               |  \--asked again--> open, the earlier code void
                               \--30 minutes idle, or 60 in all--> expired
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

import msgspec
from msgspec.structs import replace

from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.showing import shown
from sekisho.records.limits import rules as limits


class Purpose(IntEnum):
    """What a flow is for; the number is kept and mixed into every code's MAC (spec C5)."""

    SIGN_IN = 1
    STEP_UP = 2
    VERIFY_CONTACT = 3
    RESET_PASSWORD = 4

    @property
    def word(self) -> str:
        """Return the name at the edge, such as `sign_in`."""
        return self.name.lower()


class State(IntEnum):
    """Where a flow stands; expiry is a matter of time and never kept."""

    OPEN = 0
    PASSED = 1
    REFUSED = 2
    EXPIRED = 3

    @property
    def word(self) -> str:
        """Return the name at the edge."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Policy:
    """How long a flow and a code live; the settings `flows` and `codes`."""

    idle: timedelta = timedelta(minutes=30)
    most: timedelta = timedelta(minutes=60)
    sign_in: timedelta = timedelta(minutes=5)
    security: timedelta = timedelta(minutes=10)

    def life(self, purpose: Purpose) -> timedelta:
        """Return how long a code for this purpose lives (spec C2)."""
        return self.sign_in if purpose is Purpose.SIGN_IN else self.security


class Ticket(msgspec.Struct, frozen=True):
    """What the asker holds, sealed: who asked for what. It binds the flow to its browser.

    A step-up is for one `act` with its `parameters` (JSON) of one `session` of an `account`.
    """

    flow: int
    purpose: Purpose
    opened_at: datetime
    language: str
    zone: str
    name: str
    account: int = 0
    session: int = 0
    act: str = ""
    parameters: str = ""

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "name", "parameters")

    @property
    def is_reset(self) -> bool:
        """Say whether it is for a new password: such a flow gives no session (spec V5)."""
        return self.purpose is Purpose.RESET_PASSWORD


NOBODY = 1  # a challenge's `method` where its code went to nobody: what was typed matched nothing


class Challenge(msgspec.Struct, frozen=True):
    """The newest pending test of a flow; `mac` is all that is kept of its code.

    `method` is what it is a test of, where that was named: a method, or the contact that a code
    went to. A passkey's challenge keeps its random octets as `mac`. Only what was sent has a label.
    `kind` is empty once it has proved something and more is wanted.
    """

    id: int
    digits: int
    label: str
    mac: bytes
    sent_at: datetime
    ends_at: datetime
    resend_at: datetime
    message: int
    tries: int = 0
    method: int = 0
    kind: str = "email_code"

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "mac")


class Flow(msgspec.Struct, frozen=True):
    """A flow as the store has it. `account` is None where the name has none.

    `subject` is what all its codes are bound to: the account, or the stand-in of a name that had
    none when the first code was asked for. It never changes.
    """

    id: int
    purpose: Purpose
    subject: int
    account: int | None
    lane: int
    state: State
    opened_at: datetime
    stepped_at: datetime
    version: int
    asked: int
    challenge: Challenge
    earlier: tuple[tuple[int, bytes], ...]  # challenge and MAC of voided codes
    proved: tuple[str, ...] = ()  # kinds that were proved so far, where more is wanted

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "earlier")

    @property
    def is_nameless(self) -> bool:
        """Say whether no name was typed: whose flow it is, the answer says (a passkey's)."""
        return self.subject == self.id


class Asked(msgspec.Struct, frozen=True):
    """A code that was granted: whose it is, in which lane it was asked for, and its challenge."""

    subject: int
    account: int | None
    lane: int
    challenge: Challenge


class Charged(msgspec.Struct, frozen=True):
    """A try that is paid for and committed. Only `flows.charge` makes one; answering demands it.

    `flow` and `book` stand as the charge left them; `at` is the second the charge stands under.
    """

    flow: Flow
    book: limits.Book
    book_version: int
    at: int
    left: int


def ends_at(opened_at: datetime, stepped_at: datetime, policy: Policy) -> datetime:
    """Return when a flow ends if nothing more happens in it."""
    return min(stepped_at + policy.idle, opened_at + policy.most)


def state_of(flow: Flow, policy: Policy, now: datetime) -> State:
    """Return the state now; an open flow past its time is expired."""
    if flow.state is State.OPEN and now >= ends_at(flow.opened_at, flow.stepped_at, policy):
        return State.EXPIRED
    return flow.state


def may_answer(
    flow: Flow, policy: Policy, most_tries: int, now: datetime, *, has_budget: bool
) -> Refused | None:
    """Refuse an answer that cannot be compared, in the order of API.md; None lets it be charged."""
    newest = flow.challenge
    state = state_of(flow, policy, now)
    if state is State.EXPIRED:
        return Refused(Reason.FLOW_EXPIRED)
    wrong = newest.tries - (state is State.PASSED)  # a right answer's own charge went back
    if wrong >= most_tries or not has_budget:
        return Refused(Reason.TOO_MANY_TRIES, retry_at=max(newest.resend_at, soon(now)))
    if state is not State.OPEN:
        return Refused(Reason.CODE_USED)
    if now >= newest.ends_at:
        return Refused(Reason.CODE_EXPIRED)
    return None


def closed(flow: Flow, policy: Policy, most_tries: int, now: datetime) -> Refused:
    """Return what an answer is told where nothing is compared, whatever the budget."""
    refused = may_answer(flow, policy, most_tries, now, has_budget=False)
    return refused or Refused(Reason.TOO_MANY_TRIES, retry_at=soon(now))


def may_ask(flow: Flow, policy: Policy, most_asked: int, now: datetime) -> Refused | None:
    """Refuse asking again in a flow that has a row already; None lets it be judged by its lane."""
    state = state_of(flow, policy, now)
    if state is State.EXPIRED:
        return Refused(Reason.FLOW_EXPIRED)
    if state is not State.OPEN:
        return Refused(Reason.CODE_USED)
    if flow.asked >= most_asked:
        end = ends_at(flow.opened_at, flow.stepped_at, policy)
        return Refused(Reason.TOO_MANY_REQUESTS, retry_at=end)
    if now < flow.challenge.resend_at:
        return Refused(Reason.TOO_SOON, retry_at=flow.challenge.resend_at)
    return None


def next_flow(ticket: Ticket, flow: Flow | None, asked: Asked) -> Flow:
    """Return the flow as it stands once `asked` was granted; the code before it is void (C4)."""
    before = flow or Flow(
        id=ticket.flow,
        purpose=ticket.purpose,
        subject=asked.subject,
        account=asked.account,
        lane=asked.lane,
        state=State.OPEN,
        opened_at=ticket.opened_at,
        stepped_at=ticket.opened_at,
        version=0,
        asked=0,
        challenge=asked.challenge,
        earlier=(),
    )
    was_sent = flow is not None and flow.challenge.label
    voided = ((flow.challenge.id, flow.challenge.mac),) if flow and was_sent else ()
    return replace(
        before,
        account=asked.account,  # made under the name meanwhile; codes stay bound to the subject
        lane=asked.lane,
        stepped_at=asked.challenge.sent_at,
        asked=before.asked + 1,
        challenge=asked.challenge,
        earlier=(*before.earlier, *voided),
    )


def is_same(now: Flow, then: Flow) -> bool:
    """Say whether a flow still waits for the answer that was charged."""
    is_open = now.state is State.OPEN and now.proved == then.proved
    return is_open and now.challenge.id == then.challenge.id


def soon(now: datetime) -> datetime:
    """Return the earliest time that a refusal may name: never now."""
    return now + timedelta(seconds=1)
