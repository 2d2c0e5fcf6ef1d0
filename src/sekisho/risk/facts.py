"""What signals look at, and what they find. Values only."""

import msgspec


class Facts(msgspec.Struct, frozen=True):
    """One sign-in: is the browser familiar to the account, and is the account new with it?"""

    is_familiar: bool
    is_new_account: bool


class Finding(msgspec.Struct, frozen=True):
    """What one signal says: a reason (worded as `reason.<reason>`) and its weight."""

    reason: str
    weight: int
