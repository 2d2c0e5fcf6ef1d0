"""What every change of methods or of the password brings with it (spec S2, V5)."""

from sekisho.ground.db import Work
from sekisho.records import accounts, trust


def settle(work: Work, account: int) -> None:
    """End the trust of every browser, and void the codes to sign in that were asked for before."""
    trust.end_all(work, account)
    accounts.void_codes(work, account)
