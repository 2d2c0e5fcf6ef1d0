"""The verbs of passwords that touch the store: seal and open what is kept, renew an old hash.

Between them stand `verify` and `change`, in the pool, with nothing open.
"""

from dataclasses import dataclass, field, replace

from sekisho.authenticators.password import hashing
from sekisho.ground.db import Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.records import methods
from sekisho.records.methods import State

KIND = "password"
STANDS_ALONE = b"alone"  # long enough to sign in by itself (NIST SP 800-63B-4 §3.1.1.2)
_SEAL = "password/v1"


class HashLost(Exception):
    """A hash does not open: the store was made under another key, or is damaged."""


@dataclass(frozen=True, slots=True)
class Held:
    """A password as an answer is compared with it."""

    account: int
    method: int
    counter: int
    stands_alone: bool
    history: tuple[str, ...] = field(repr=False)


def seal(work: Work, account: int, method: int, history: tuple[str, ...]) -> bytes:
    """Return what is kept of an account's passwords, the present one first."""
    owner = methods.owner_of(account, method)
    return work.keys.seal(_SEAL, hashing.pack(history), owner, work.chance)


def load(work: Work, account: int, method: int) -> tuple[str, ...]:
    """Return the hashes of an active password, the present one first; else nothing.

    Raises HashLost when they do not open.
    """
    held = hold(work, account, method)
    return held.history if held else ()


def hold(work: Work, account: int, method: int) -> Held | None:
    """Return an active password as answers are compared with it.

    Raises HashLost when it does not open.
    """
    found = methods.find(work, account, method)
    if found is None or found.kind != KIND or found.state is not State.ACTIVE:
        return None
    plain = work.keys.unseal(_SEAL, found.sealed, methods.owner_of(account, method))
    if plain is None:
        raise HashLost
    stands = found.public == STANDS_ALONE
    return Held(account, method, found.counter, stands, hashing.unpack(plain))


def use_up(work: Work, held: Held, renewed: tuple[str, ...] | None) -> Refused | None:
    """Keep that a password was used now, and its hash where that was made anew.

    One that was changed since it was compared opens nothing any more.
    """
    found = methods.find(work, held.account, held.method)
    if found is None or found.state is not State.ACTIVE or found.counter != held.counter:
        return Refused(Reason.CODE_WRONG)
    if renewed is None:
        methods.touch(work, held.method)
        return None
    sealed = seal(work, held.account, held.method, renewed)
    methods.exchange(work, found.counter, replace(found, sealed=sealed, counter=found.counter + 1))
    return None
