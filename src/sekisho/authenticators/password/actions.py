"""The verbs of passwords that touch the store: seal and open what is kept, renew an old hash.

Between them stand `verify` and `change`, in the pool, with nothing open.
"""

from sekisho.authenticators.password import hashing
from sekisho.ground.db import Work
from sekisho.records import methods
from sekisho.records.methods import State

KIND = "password"
_SEAL = "password/v1"


class HashLost(Exception):
    """A hash does not open: the store was made under another key, or is damaged."""


def seal(work: Work, account: int, method: int, history: tuple[str, ...]) -> bytes:
    """Return what is kept of an account's passwords, the present one first."""
    owner = methods.owner_of(account, method)
    return work.keys.seal(_SEAL, hashing.pack(history), owner, work.chance)


def load(work: Work, account: int, method: int) -> tuple[str, ...]:
    """Return the hashes of an active password, the present one first; else nothing.

    Raises HashLost when they do not open.
    """
    found = methods.find(work, account, method)
    if found is None or found.kind != KIND or found.state is not State.ACTIVE:
        return ()
    plain = work.keys.unseal(_SEAL, found.sealed, methods.owner_of(account, method))
    if plain is None:
        raise HashLost
    return hashing.unpack(plain)
