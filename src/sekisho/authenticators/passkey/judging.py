"""Judging answers of authenticators: WebAuthn level 3, §7.1 and §7.2, in their order.

Pure: neither store nor clock nor chance. fido2 reads CBOR and checks signatures; what is compared
stands here, because its server object knows neither frames nor backup flags.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import cast

from cryptography.exceptions import InvalidSignature
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.webauthn import AttestationObject, AuthenticatorData

from sekisho.authenticators.passkey import rules
from sekisho.authenticators.passkey.asking import ALGORITHMS
from sekisho.authenticators.passkey.reading import (
    NewAnswer,
    ProofAnswer,
    read_client_data,
    text_of,
)
from sekisho.authenticators.passkey.rules import (
    KEPT,
    Ceremony,
    Challenge,
    Flag,
    Flaw,
    Made,
    Party,
    Passkey,
    Proved,
    Spent,
)

# What fido2 raises at octets that are no CBOR, or not of the shape that it expects.
_BROKEN = (
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    RecursionError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a COSE key of one algorithm must say, and how many octets its numbers have."""

    words: Mapping[int, int | bytes]
    lengths: Mapping[int, tuple[int, ...]]


_KINDS = {
    -7: _Kind({1: 2, -1: 1}, {-2: (32,), -3: (32,)}),  # RFC 9053 §2.1, on P-256
    -8: _Kind({1: 1, -1: 6}, {-2: (32,)}),  # RFC 9053 §2.2, on Ed25519
    -257: _Kind({1: 3, -2: b"\x01\x00\x01"}, {-1: (256, 384, 512)}),  # RFC 8812 §2; e = 65537
}
_PARAMETERS = 8  # of a COSE key; the longest kind of ours has five


def verify_new(party: Party, spent: Spent, answer: NewAnswer, now: datetime) -> Made | Flaw:
    """Judge an answer to creation options; `add` says whether somebody has it already."""
    flaw = _flaw_of_client(party, spent.challenge, Ceremony.CREATE, answer.client_data, now)
    if flaw is not None:
        return flaw
    data = _attested(answer.attestation)
    if data is None or data.credential_data is None:
        return Flaw.UNREADABLE
    flaw = _flaw_of_authenticator(party, data)
    if flaw is not None:
        return flaw
    made = data.credential_data
    if made.credential_id != answer.credential:
        return Flaw.UNREADABLE
    flaw = _flaw_of_key(made.public_key)
    if flaw is not None:
        return flaw
    return Made(
        credential=answer.credential,
        public_key=cbor.encode(made.public_key),
        sign_count=data.counter,
        flags=Flag(data.flags) & KEPT | (Flag.NEEDS_NAME if answer.needs_name else Flag(0)),
        aaguid=bytes(made.aaguid),
        transports=answer.transports,
    )


def verify_proof(
    party: Party,
    spent: Spent,
    passkey: Passkey | None,
    handle: bytes,
    answer: ProofAnswer,
    now: datetime,
) -> Proved | Flaw:
    """Judge an answer to request options.

    `passkey` is what the store has under the answer's credential id, and `handle` its account's.
    """
    flaw = _flaw_of_client(party, spent.challenge, Ceremony.GET, answer.client_data, now)
    if flaw is not None:
        return flaw
    if passkey is None or passkey.credential != answer.credential:
        return Flaw.UNKNOWN
    if not _is_owner(spent.challenge, passkey, handle, answer.handle):
        return Flaw.OTHER_OWNER
    data = _parsed(answer.authenticator_data)
    if data is None:
        return Flaw.UNREADABLE
    return _flaw_of_proof(party, passkey, data, answer) or Proved(
        method=passkey.method,
        account=passkey.account,
        flags=Flag(data.flags) & KEPT | passkey.flags & Flag.NEEDS_NAME,
        sign_count=data.counter,
        is_count_back=rules.is_count_back(passkey.sign_count, data.counter),
    )


def _flaw_of_proof(
    party: Party, passkey: Passkey, data: AuthenticatorData, answer: ProofAnswer
) -> Flaw | None:
    flaw = _flaw_of_authenticator(party, data)
    if flaw is not None:
        return flaw
    if (Flag(data.flags) ^ passkey.flags) & Flag.CAN_SYNC:  # §7.2 step 18: it never changes
        return Flaw.BACKUP_CHANGED
    return None if _is_signed(passkey, answer) else Flaw.SIGNATURE


def _flaw_of_client(
    party: Party, challenge: Challenge, ceremony: Ceremony, octets: bytes, now: datetime
) -> Flaw | None:
    """Judge what the browser says of where and why.

    # Threat: 051, a page elsewhere, or ours in another's frame (test_the_origin_is_one_of_ours).
    # Threat: 052, a challenge of another time or ceremony (test_a_challenge_serves_one_ceremony).
    """
    said = read_client_data(octets)
    if said is None:
        return Flaw.UNREADABLE
    if rules.is_over(challenge, now):
        return Flaw.OVER
    if said.type != ceremony or challenge.ceremony is not ceremony:
        return Flaw.OTHER_CEREMONY
    if not compare_digest(said.challenge.encode(), text_of(challenge.octets).encode()):
        return Flaw.OTHER_CHALLENGE
    if said.cross_origin or said.top_origin is not None:
        return Flaw.FRAMED
    return None if said.origin in party.origins else Flaw.OTHER_ORIGIN


def _flaw_of_authenticator(party: Party, data: AuthenticatorData) -> Flaw | None:
    if data.rp_id_hash != sha256(party.id.encode()).digest():
        return Flaw.OTHER_PARTY
    if not data.flags & Flag.PRESENT:
        return Flaw.NOBODY_PRESENT
    if data.flags & Flag.IS_SYNCED and not data.flags & Flag.CAN_SYNC:  # §6.1.3
        return Flaw.BACKUP_CHANGED
    return None


def _flaw_of_key(key: CoseKey) -> Flaw | None:
    """Judge a new key by its own words.

    # Threat: 058, an algorithm that was not offered, or a key that is none of its kind
    # (test_only_the_three_algorithms_are_taken).
    """
    if key.get(3) not in ALGORITHMS:
        return Flaw.ALGORITHM
    if len(key) > _PARAMETERS or not _is_of_its_kind(key):
        return Flaw.KEY
    try:
        key.verify(b"", b"")  # reads the key, which a point off its curve does not survive
    except InvalidSignature:
        return None
    except ValueError:
        pass
    return Flaw.KEY


def _is_of_its_kind(key: CoseKey) -> bool:
    kind = _KINDS[key[3]]
    has_words = all(key.get(name) == word for name, word in kind.words.items())
    return has_words and all(
        isinstance(key.get(name), bytes) and len(key[name]) in lengths
        for name, lengths in kind.lengths.items()
    )


def _is_owner(challenge: Challenge, passkey: Passkey, handle: bytes, shown: bytes | None) -> bool:
    """§7.2 step 6: who was named must own it; who was not is named by the handle alone."""
    if challenge.account is not None and challenge.account != passkey.account:
        return False
    if shown is None:
        return challenge.account is not None
    return compare_digest(shown, handle)


def _is_signed(passkey: Passkey, answer: ProofAnswer) -> bool:
    key = CoseKey.parse(cast("Mapping[int, object]", cbor.decode(passkey.public_key)))
    signed = answer.authenticator_data + sha256(answer.client_data).digest()
    try:
        key.verify(signed, answer.signature)
    except InvalidSignature:
        return False
    return True


def _attested(octets: bytes) -> AuthenticatorData | None:
    try:
        return AttestationObject(octets).auth_data
    except _BROKEN:
        return None


def _parsed(octets: bytes) -> AuthenticatorData | None:
    try:
        return AuthenticatorData(octets)
    except _BROKEN:
        return None
