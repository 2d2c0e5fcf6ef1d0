"""A test message as values: its policy, and how far it has come."""

from dataclasses import dataclass
from datetime import datetime

from sekisho.records.contacts import rules as contacts
from sekisho.records.sessions import rules as sessions
from sekisho.records.spending import rules as spending
from sekisho.records.trials import rules as trials


@dataclass(frozen=True, slots=True)
class Policy:
    """What test messages follow."""

    sessions: sessions.Policy
    contacts: contacts.Policy
    trials: trials.Policy
    costs: spending.Policy


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a message's timeline; `detail` is what the mail server or gateway said."""

    at: datetime
    state: str
    detail: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A test that was sent."""

    message: int
    steps: tuple[Step, ...]

    @property
    def state(self) -> str:
        """Return how far it has come."""
        return self.steps[-1].state


@dataclass(frozen=True, slots=True)
class Tested:
    """A contact, its newest test, and since when messages do not reach it."""

    contact: contacts.Found
    hint: str
    trial: Trial | None
    failing_since: datetime | None
