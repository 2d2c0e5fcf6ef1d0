"""Challenges: drawn, and held by the asker under seal until they are spent.

Asking writes nothing, so that a flood of sign-in pages costs the store nothing; what makes a
challenge work once is that spending it writes a row (decision 0017). A new epoch voids them all.
"""

from base64 import urlsafe_b64decode
from binascii import Error as NotBase64

import msgspec

from sekisho.authenticators.passkey.reading import text_of
from sekisho.authenticators.passkey.rules import Ceremony, Challenge, Policy
from sekisho.ground.clock import instant, micros
from sekisho.ground.db import Work
from sekisho.ground.keys import Keys

OCTETS = 32  # SECURITY.md 1.1: WebAuthn §13.4.3 asks for 16
_PURPOSE = "ticket/passkey/v1"
_LONGEST = 400  # signs of a sealed challenge
_HANDLE = "passkey/handle/v1"


class _Inside(msgspec.Struct, array_like=True):
    octets: bytes
    ceremony: str
    flow: int
    purpose: int
    account: int | None
    ends_at: int


_PACK = msgspec.msgpack.Encoder().encode
_UNPACK = msgspec.msgpack.Decoder(_Inside).decode


def draw_new(work: Work, flow: int, purpose: int, account: int, policy: Policy) -> Challenge:
    """Draw a challenge to make a passkey for an account."""
    drawn = work.chance.octets(OCTETS)
    return Challenge(drawn, Ceremony.CREATE, flow, purpose, account, work.now + policy.lives)


def draw_proof(
    work: Work, flow: int, purpose: int, account: int | None, policy: Policy
) -> Challenge:
    """Draw a challenge to prove with a passkey; `account` is None where nobody proved anything."""
    drawn = work.chance.octets(OCTETS)
    return Challenge(drawn, Ceremony.GET, flow, purpose, account, work.now + policy.lives)


def seal(work: Work, challenge: Challenge) -> str:
    """Return the text that the asker brings back with the answer."""
    inside = _Inside(
        challenge.octets,
        challenge.ceremony.value,
        challenge.flow,
        challenge.purpose,
        challenge.account,
        micros(challenge.ends_at),
    )
    return text_of(work.keys.seal(_PURPOSE, _PACK(inside), b"", work.chance))


def unseal(keys: Keys, sealed: str, flow: int, purpose: int) -> Challenge | None:
    """Return the challenge that was sealed for this flow and purpose, else None.

    # Threat: 052, one never issued, or another flow's or purpose's (test_a_challenge_is_ours).
    """
    if len(sealed) > _LONGEST or not sealed.isascii():
        return None
    try:
        octets = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    except (NotBase64, ValueError):
        return None
    plain = keys.unseal(_PURPOSE, octets, b"")
    if plain is None:
        return None
    inside = _UNPACK(plain)
    if (inside.flow, inside.purpose) != (flow, purpose):
        return None
    return Challenge(
        octets=inside.octets,
        ceremony=Ceremony(inside.ceremony),
        flow=inside.flow,
        purpose=inside.purpose,
        account=inside.account,
        ends_at=instant(inside.ends_at),
    )


def handle_of(keys: Keys, account: int) -> bytes:
    """Return an account's user handle: 64 octets that name nobody, alike for all its passkeys."""
    number = account.to_bytes(8, "big")
    return keys.mac(_HANDLE, b"1", number) + keys.mac(_HANDLE, b"2", number)
