"""Earning a proof and spending it."""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from sekisho.ground.db import Work
from sekisho.ground.keys import Keys
from sekisho.ground.refusal import Reason, Refused
from sekisho.records.proofs import store

LIFE = timedelta(minutes=5)
RESET = "passwords.reset"  # an act without a session: its proof is held by the flow that earned it
_DIGEST_BYTES = 16
_WRITE = msgspec.json.Encoder(order="sorted").encode


def digest(keys: Keys, account: int, act: str, parameters: Mapping[str, str]) -> bytes:
    """Return what binds a proof to its account, its act and the act's parameters."""
    told = keys.epoch_mac(
        "proof/v1", account.to_bytes(8, "big"), act.encode(), _WRITE(dict(parameters))
    )
    return told[:_DIGEST_BYTES]


def earn(work: Work, flow: int, session: int, bound: bytes) -> None:
    """Keep that a flow proved it is the owner; `bound` is the digest of what it proved for."""
    store.add(work, flow, session, bound)


def find(work: Work, account: int, session: int, bound: bytes) -> int | None:
    """Return a live proof of this session for exactly this, to be spent in the same work."""
    return store.find(work, account, session, bound, work.now - LIFE)


def spend(work: Work, proof: int) -> None:
    """Spend a proof: of any number of acts that found it, one commits this."""
    store.spend(work, proof)


def demand(
    work: Work, account: int, session: int, act: str, parameters: Mapping[str, str]
) -> int | Refused:
    """Return the proof for exactly this act, or say that it is wanted."""
    proof = find(work, account, session, digest(work.keys, account, act, parameters))
    return Refused(Reason.PROVE_MORE, act=act) if proof is None else proof
