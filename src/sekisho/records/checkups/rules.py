"""When to ask an owner, and how his contacts are: values only. A checklist, never a score.

Contacts are asked about some months after they last changed or were confirmed. A second step is
asked about once, some weeks after it was turned on, unless it was used since: it should be missed
while its owner still gets in without it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sekisho.records.contacts import rules as contacts
from sekisho.records.methods import rules as methods
from sekisho.records.sessions import rules as sessions

_ENOUGH = 2  # contacts, or kinds of proof
_NOT_DAILY = frozenset({"password", "recovery_code"})  # known by heart, or used once


@dataclass(frozen=True, slots=True)
class Policy:
    """After how long what is asked (spec P7)."""

    every: timedelta = timedelta(days=90)
    second_step: timedelta = timedelta(days=28)
    stale: timedelta = timedelta(days=365)


class Health(StrEnum):
    """How a contact is: fine, not confirmed for long, or not reached."""

    OK = "ok"
    STALE = "stale"
    FAILING = "failing"


class Step(StrEnum):
    """What an account can do for itself, in the order in which it helps."""

    CONTACTS = "contacts"
    REACHED = "reached"
    SECOND_CONTACT = "second_contact"
    TWO_STEP = "two_step"
    RECOVERY_CODE = "recovery_code"
    SECOND_STEP = "second_step"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an account; `two_step_since` is None where it is off."""

    made_at: datetime
    contacts: Sequence[contacts.Found]
    methods: Sequence[methods.Method]
    sessions: Sequence[sessions.Session]
    two_step_since: datetime | None
    contacts_at: datetime | None
    second_step_at: datetime | None


@dataclass(frozen=True, slots=True)
class Checked:
    """A contact that counts, and since when messages do not reach it."""

    contact: contacts.Found
    hint: str
    failing_since: datetime | None
    health: Health


@dataclass(frozen=True, slots=True)
class Checkup:
    """How an account stands; a due time in the past asks for an answer now."""

    contacts: tuple[Checked, ...]
    contacts_due_at: datetime
    contacts_at: datetime | None
    second_step_due_at: datetime | None
    steps: tuple[tuple[Step, bool], ...]
    now: datetime

    @property
    def asks_for_contacts(self) -> bool:
        """Say whether the owner is to be asked about the contacts now."""
        return self.contacts_due_at <= self.now

    @property
    def asks_for_second_step(self) -> bool:
        """Say whether the owner is to try the second step now."""
        return self.second_step_due_at is not None and self.second_step_due_at <= self.now

    @property
    def failing(self) -> tuple[Checked, ...]:
        """Return the contacts that messages do not reach."""
        return tuple(one for one in self.contacts if one.health is Health.FAILING)


def contacts_due_at(facts: Facts, policy: Policy) -> datetime:
    """Return when the owner is asked: some months after the last change or confirmation."""
    changes = [one.removed_at or one.verified_at for one in facts.contacts]
    known = [facts.made_at, *(at for at in [*changes, facts.contacts_at] if at is not None)]
    return max(known) + policy.every


def second_step_due_at(facts: Facts, policy: Policy) -> datetime | None:
    """Return when the owner is to try the second step; None where it is off, or was used since."""
    since = facts.two_step_since
    if since is None or any(at > since for at in _proofs(facts)):
        return None
    return since + policy.second_step


def health(
    contact: contacts.Found, failed_at: datetime | None, facts: Facts, policy: Policy, now: datetime
) -> Health:
    """Say how a contact is; what failed before it was proved is over."""
    verified_at = contact.verified_at or contact.added_at
    if failed_at is not None and failed_at > verified_at:
        return Health.FAILING
    known_at = max(verified_at, facts.contacts_at or verified_at)
    return Health.STALE if known_at + policy.stale <= now else Health.OK


def steps(
    facts: Facts, checked: Sequence[Checked], due: datetime | None, now: datetime, policy: Policy
) -> tuple[tuple[Step, bool], ...]:
    """Return the checklist: each step, and whether it is done; `due` is that of the second step."""
    kinds = {one.kind for one in facts.methods if one.state is methods.State.ACTIVE}
    done = [
        (Step.CONTACTS, contacts_due_at(facts, policy) > now),
        (Step.REACHED, all(one.health is not Health.FAILING for one in checked)),
        (Step.SECOND_CONTACT, len(checked) >= _ENOUGH),
        (Step.TWO_STEP, facts.two_step_since is not None),
        (Step.RECOVERY_CODE, "recovery_code" in kinds),
    ]
    if facts.two_step_since is not None:
        done.append((Step.SECOND_STEP, due is None or due > now))
    return tuple(done)


def _proofs(facts: Facts) -> Iterable[datetime]:
    """Yield when a second step is known to have worked."""
    if facts.second_step_at is not None:
        yield facts.second_step_at
    for one in facts.methods:
        is_daily = one.state is methods.State.ACTIVE and one.kind not in _NOT_DAILY
        if is_daily and one.last_used_at is not None:
            yield one.last_used_at
    yield from (one.created_at for one in facts.sessions if len(one.methods) >= _ENOUGH)
