"""The verbs of TOTP: begin an enrolment, load what is compared, conclude a right answer.

Between them stands `rules.verify`, with nothing open. A seed leaves this module once, in `Begun`.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from sekisho.authenticators.rules import Verdict
from sekisho.authenticators.totp import rules
from sekisho.authenticators.totp.rules import Enrolled, Judged, Marks, Right
from sekisho.ground.db import Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.records import methods
from sekisho.records.methods import Full, Method, New, State, Used

KIND = "totp"
_SEAL = "totp/v1"


class SeedLost(Exception):
    """A seed does not open: the store was made under another key, or is damaged."""


@dataclass(frozen=True, slots=True)
class Person:
    """How the app names what it holds: the service, and whose account."""

    issuer: str
    name: str


@dataclass(frozen=True, slots=True)
class Begun:
    """An enrolment that waits for its first code: shown now, and never again (attack 034)."""

    method: int
    secret: str = field(repr=False)
    uri: str = field(repr=False)
    ends_at: datetime


def begin(
    work: Work,
    account: int,
    name: str,
    person: Person,
    policy: rules.Policy,
    waits: methods.Policy,
) -> Begun | Full:
    """Begin an enrolment with a seed that is drawn here, whoever asks (attack 035)."""
    method, seed = work.new_id(), work.chance.octets(rules.SEED_BYTES)
    marks = Marks(policy.algorithm, policy.digits)
    owner = methods.owner_of(account, method)
    sealed = work.keys.seal(_SEAL, seed, owner, work.chance)
    new = New(KIND, name, sealed, rules.write_marks(marks))
    begun = methods.begin(work, account, method, new, policy.most)
    if isinstance(begun, Full):
        return begun
    uri = rules.uri_of(seed, marks, person.issuer, person.name)
    return Begun(method, rules.secret_of(seed), uri, work.now + waits.pending)


def load(work: Work, account: int, method: int) -> Enrolled | None:
    """Return what an answer is compared with; a method of another account or kind is none.

    Raises SeedLost when the seed does not open.
    """
    found = methods.find(work, account, method)
    if found is None or found.kind != KIND:
        return None
    seed = work.keys.unseal(_SEAL, found.sealed, methods.owner_of(account, method))
    if seed is None:
        raise SeedLost
    return Enrolled(account, method, seed, rules.read_marks(found.public or b""), found.counter)


def clock_ahead(found: Method) -> timedelta:
    """Return how far the clock of an app's phone is ahead, as its right answers showed.

    It is for its owner alone, who has proved who he is.
    """
    steps = rules.read_marks(found.public).drift if found.public else 0
    return timedelta(seconds=rules.STEP_SECONDS * steps)


def confirm(
    work: Work, enrolled: Enrolled, judged: Judged, policy: rules.Policy, waits: methods.Policy
) -> Method | Refused | Full:
    """Make a pending method active after its first right code, whose step is used up by it."""
    used = _used(judged)
    if isinstance(used, Refused):
        return used
    account, method = enrolled.account, enrolled.method
    return methods.confirm(work, account, method, used, waits, most=policy.most)


def conclude(work: Work, enrolled: Enrolled, judged: Judged) -> Method | Refused:
    """Use up the step of a right answer: of any number of them one passes (attack 029).

    The row is read again here, since another answer may have come between.
    """
    used = _used(judged)
    if isinstance(used, Refused):
        return used
    found = methods.find(work, enrolled.account, enrolled.method)
    if found is None or found.state is not State.ACTIVE:
        return Refused(Reason.NOT_FOUND)
    if used.counter <= found.counter:
        return Refused(Reason.CODE_USED)
    methods.advance(work, found.id, used)
    return found


def _used(judged: Judged) -> Used | Refused:
    match judged:
        case Right(step, marks):
            return Used(step, rules.write_marks(marks))
        case Verdict.EARLIER:
            return Refused(Reason.CODE_USED)
        case Verdict.UNREADABLE:
            return Refused(Reason.INVALID_INPUT)
        case Verdict.WRONG:
            return Refused(Reason.CODE_WRONG)
        case _:
            assert_never(judged)
