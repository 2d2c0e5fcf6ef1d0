"""What signals look at, and what they find. Values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """One sign-in: is the browser familiar to the account, and is the account new with it?"""

    is_familiar: bool
    is_new_account: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """What one signal says: a reason (worded as `reason.<reason>`) and its weight."""

    reason: str
    weight: int
