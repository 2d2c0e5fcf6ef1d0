"""A browser that never signed in to this account before (spec R1, N1)."""

from sekisho.risk.facts import Facts, Finding

_WEIGHT = 30


def look(facts: Facts) -> Finding | None:
    """Find a stranger; whoever just made the account is no stranger to it."""
    if facts.is_familiar or facts.is_new_account:
        return None
    return Finding("new_device", _WEIGHT)
