"""What the pool computes for a sign-in and for a change: pure, with nothing open.

Both take and give what `hashing.pack` seals: the method's hashes, the present one first.
"""

from dataclasses import dataclass, field

from sekisho.authenticators.kind import Kind
from sekisho.authenticators.password import hashing, rules
from sekisho.authenticators.password.rules import Fault, Policy, Unfit
from sekisho.authenticators.rules import Material, Verdict
from sekisho.ground.keys import Keys


@dataclass(frozen=True, slots=True)
class Checked:
    """What comparing found; a `history` is to be sealed instead of what is kept."""

    verdict: Verdict
    history: tuple[str, ...] | None = field(default=None, repr=False)


def verify(
    keys: Keys, answer: str, history: tuple[str, ...], policy: Policy, salt: bytes
) -> Checked:
    """Compare an answer with the present password; an empty history is nobody's, in equal time.

    A right one whose hash is outdated is hashed anew under `salt`.
    """
    password = rules.read(answer)
    if isinstance(password, Fault):
        return Checked(Verdict.UNREADABLE)
    kept = history[0] if history else None
    if not hashing.is_right(keys, password, kept, policy.cost) or kept is None:
        return Checked(Verdict.WRONG)
    if not hashing.is_outdated(kept, policy.cost):
        return Checked(Verdict.RIGHT)
    renewed = hashing.make(keys, password, policy.cost, salt)
    return Checked(Verdict.RIGHT, (renewed, *history[1:]))


def change(
    keys: Keys, password: str, history: tuple[str, ...], policy: Policy, salt: bytes
) -> tuple[str, ...] | Unfit:
    """Return the history with a password that `rules.judge` took, unless it is one of the last."""
    if hashing.was_used(keys, password, history):
        return Unfit(Fault.USED_BEFORE, policy.shortest, policy.longest)
    return (hashing.make(keys, password, policy.cost, salt), *history)[: rules.LAST]


def compare(keys: Keys, material: Material, answer: str) -> Verdict:
    """Compare an answer with the history that was loaded; costs a hash, so call it in the pool."""
    history = material.held if isinstance(material.held, tuple) else ()
    password = rules.read(answer)
    if isinstance(password, Fault):
        return Verdict.UNREADABLE
    kept = history[0] if history else None
    is_right = hashing.is_right(keys, password, kept, Policy().cost) and kept is not None
    return Verdict.RIGHT if is_right else Verdict.WRONG


PASSWORD = Kind(
    name="password",
    assurance=1,
    is_phishing_resistant=False,
    is_out_of_band=False,
    is_restricted=False,
    verify=compare,
)
