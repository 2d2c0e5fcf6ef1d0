"""Hashes of passwords: Argon2id over an HMAC under the pepper, compared in equal time.

What is kept is the pepper's version and a PHC string, `1$argon2id$v=19$m=19456,t=2,p=1$…$…`: the
hash of a password whose HMAC anybody with the key can recompute and any Argon2 verify. All of it is
pure computing for the pool (pool.py); the salt is drawn before.
"""

import re
from base64 import b64encode
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from sekisho.authenticators.password.rules import LAST, Cost
from sekisho.ground.keys import Keys

PEPPER = 1  # version of the pepper that new hashes are made under; older ones still verify
SALT_BYTES = 16  # RFC 9106 §3.1
_HASH_BYTES = 32
_LANES = 1
_MOST = 2**20  # KiB times passes: what is kept may not ask for more than the settings can
_KEPT = re.compile(
    r"([1-9][0-9]{0,3})(\$argon2id\$v=19\$m=([0-9]{1,7}),t=([0-9]{1,3}),p=1"
    r"\$[A-Za-z0-9+/]{16,88}\$[A-Za-z0-9+/]{16,88})"
)


@dataclass(frozen=True, slots=True)
class _Hash:
    """What is kept of one password, read."""

    pepper: int
    phc: str = field(repr=False)
    cost: Cost


def make(keys: Keys, password: str, cost: Cost, salt: bytes) -> str:
    """Return what is kept of a password that `rules.read` gave."""
    phc = _argon2id(cost, salt).derive_phc_encoded(_peppered(keys, PEPPER, password))
    return f"{PEPPER}{phc}"


def is_right(keys: Keys, password: str, kept: str | None, cost: Cost) -> bool:
    """Compare with what is kept, or, where nothing is, with a decoy in the same time.

    A hash that cost less is topped up, so that it does not show who has not signed in for long.

    # Threat: 088: who has no password costs what others cost (test_nobody_takes_as_long).
    """
    found = _read(kept) if kept is not None else None
    known = found if found is not None else _decoy(keys, cost)
    is_same = _matches(keys, password, known)
    missing = 0 if is_same else _work(cost) - _work(known.cost)
    if missing >= cost.passes * 8 * _LANES:  # KiB: Argon2 takes no less, RFC 9106 §3.1
        filler = Cost(missing // cost.passes, cost.passes)
        _argon2id(filler, bytes(SALT_BYTES)).derive(b"")
    return is_same and found is not None


def was_used(keys: Keys, password: str, history: tuple[str, ...]) -> bool:
    """Say whether a password is one of the last; each costs a hash, `LAST` at most."""
    found = [_read(kept) for kept in history[:LAST]]
    return any(_matches(keys, password, one) for one in found if one is not None)


def is_outdated(kept: str, cost: Cost) -> bool:
    """Say whether a right password should be hashed anew: another cost, or an older pepper."""
    found = _read(kept)
    return found is None or (found.pepper, found.cost) != (PEPPER, cost)


def pack(history: tuple[str, ...]) -> bytes:
    """Return what is sealed of a method: its hashes, the present one first, `LAST` at most."""
    return "\n".join(history[:LAST]).encode("ascii")


def unpack(secret: bytes) -> tuple[str, ...]:
    """Return the hashes that `pack` put together; what is none of ours is left out."""
    lines = secret.decode("ascii", errors="replace").split("\n")
    return tuple(line for line in lines if _read(line) is not None)[:LAST]


def _matches(keys: Keys, password: str, known: _Hash) -> bool:
    try:
        Argon2id.verify_phc_encoded(_peppered(keys, known.pepper, password), known.phc)
    except InvalidKey:
        return False
    return True


def _peppered(keys: Keys, version: int, password: str) -> bytes:
    """Return the password under the pepper: 32 bytes, whatever its length (attack 134)."""
    return keys.mac(f"pepper/v{version}", password.encode())


def _argon2id(cost: Cost, salt: bytes) -> Argon2id:
    return Argon2id(
        salt=salt,
        length=_HASH_BYTES,
        iterations=cost.passes,
        lanes=_LANES,
        memory_cost=cost.memory_kib,
    )


def _decoy(keys: Keys, cost: Cost) -> _Hash:
    """Return a hash of nothing anybody knows: its bytes come from the key, and none lead to it."""
    salt = _plain64(keys.mac("password-decoy/v1", b"salt")[:SALT_BYTES])
    tag = _plain64(keys.mac("password-decoy/v1", b"hash"))
    head = f"$argon2id$v=19$m={cost.memory_kib},t={cost.passes},p={_LANES}"
    return _Hash(PEPPER, f"{head}${salt}${tag}", cost)


def _plain64(octets: bytes) -> str:
    return b64encode(octets).rstrip(b"=").decode("ascii")


def _read(kept: str) -> _Hash | None:
    found = _KEPT.fullmatch(kept)
    if found is None:
        return None
    cost = Cost(int(found[3]), int(found[4]))
    is_bounded = cost.memory_kib >= 8 * _LANES and cost.passes and _work(cost) <= _MOST
    return _Hash(int(found[1]), found[2], cost) if is_bounded else None


def _work(cost: Cost) -> int:
    """Return what a hash costs: KiB written, which its time follows."""
    return cost.memory_kib * cost.passes
