"""The verbs of accounts."""

from sekisho.ground.clock import micros
from sekisho.ground.db import Work
from sekisho.records.accounts import store
from sekisho.records.accounts.store import Account


def draw(work: Work) -> int:
    """Draw the id of a new account."""
    return work.new_id()


def create(work: Work, account: int, contact: int, language: str | None, zone: str | None) -> None:
    """Create an account whose sign-in name is the contact just added to it."""
    store.keep(
        work,
        Account(
            id=account,
            contact=contact,
            may_sign_in=True,
            language=language,
            zone=zone,
            created_at=micros(work.now),
        ),
    )
