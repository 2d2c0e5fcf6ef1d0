"""By which ways a code reaches an account: each verified contact, over each channel that serves it.

A stranger is told none of them. He names one by typing it, and whether it is one the answer does
not say (spec P2, attack 091).
"""

from collections.abc import Iterable, Sequence

import msgspec

from sekisho.ground import addresses
from sekisho.ground.keys import Keys, same
from sekisho.ground.showing import shown
from sekisho.records.contacts import actions, rules
from sekisho.records.contacts.rules import CODE_KINDS, Found, Policy, State

_LAST_DIGITS = 4
_LONGEST = 64  # bytes that are compared: an address by its MAC, a number by its digits
_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


_MARKS = {"email": 0, "sms": 1 << 62, "voice": 1 << 61}


class Way(msgspec.Struct, frozen=True):
    """One way: its contact, the kind of code that goes there, over which channel, to what."""

    contact: int
    kind: str
    channel: str
    to: str
    hint: str

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "to")


def number_of(way: Way) -> int:
    """Return what stands for a way in a flow's options: a phone is reached by two."""
    return way.contact ^ _MARKS[way.channel]


def ways(keys: Keys, found: Iterable[Found], policy: Policy) -> tuple[Way, ...]:
    """Return the ways to the verified ones among these contacts, oldest contact first."""
    return tuple(
        Way(one.id, CODE_KINDS[channel], channel, reached.text, actions.hint(keys, one))
        for one in found
        if one.state is State.VERIFIED
        for reached in (actions.opened(keys, one),)
        for channel in rules.channels_to(reached, policy)
    )


def confirmed(offered: Sequence[Way], kind: str, typed: str) -> Way | None:
    """Return the way of this kind that was typed: the full address or number, or its last digits.

    # Threat: 091, how long it takes must not tell how many contacts there are or how far a guess
    # went: every one is compared, whole (test_what_was_typed_is_compared_with_every_way).
    """
    wanted = _told(kind, typed)
    matches = [one for one in offered if _is_meant(one, wanted) & (one.kind == kind) & bool(wanted)]
    return matches[0] if matches else None


def _told(kind: str, typed: str) -> str:
    """Return what was typed in the form that it is compared in, nothing when it is no such form."""
    if kind == CODE_KINDS["email"]:
        email = addresses.parse_email(typed)
        return addresses.canonical(email) if email else ""
    digits = "".join(sign for sign in typed[:40].translate(_DIGITS) if sign in "0123456789")
    return digits if len(digits) >= _LAST_DIGITS else ""


def _is_meant(way: Way, wanted: str) -> bool:
    if way.channel == "email":
        email = addresses.parse_email(way.to)
        return email is not None and _same(addresses.canonical(email), wanted)
    number = way.to.removeprefix("+")
    if len(wanted) == _LAST_DIGITS:
        return _same(number[-_LAST_DIGITS:], wanted)
    # With its country or as dialled at home: 81 90… or 090…; what follows is nine digits at least.
    home = wanted.removeprefix("0")
    return _same(number, wanted) | (_same(number[-len(home) :], home) & (len(home) >= 9))  # noqa: PLR2004


def _same(one: str, other: str) -> bool:
    return same(one.encode().ljust(_LONGEST), other.encode().ljust(_LONGEST))
