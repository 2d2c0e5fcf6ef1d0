"""What is kept of a recovery code, a MAC of its account and method, and the comparison with it."""

from dataclasses import dataclass, field

from sekisho.authenticators.recovery_code import rules
from sekisho.authenticators.rules import Verdict
from sekisho.ground.keys import Keys, same


@dataclass(frozen=True, slots=True)
class Kept:
    """What an answer is compared with: the code that opens, and the one that it replaced."""

    account: int
    method: int
    mac: bytes = field(repr=False)
    used: bytes | None = field(repr=False)


def mac(keys: Keys, account: int, method: int, code: str) -> bytes:
    """Return what is kept of a code; a new epoch leaves it, since its owner has no other."""
    return _mac(keys, "recovery_code/v1", account, method, code)


def group_mac(keys: Keys, account: int, method: int, group: str) -> bytes:
    """Return what is kept of a pending code's last group, until it is typed back."""
    return _mac(keys, "recovery_code/group/v1", account, method, group)


def verify(keys: Keys, kept: Kept, answer: str) -> Verdict:
    """Compare what was typed; EARLIER is the code that was used and replaced.

    # Threat: 010: account and method are in the MAC (test_a_code_opens_no_other_account).
    """
    code = rules.read_code(answer)
    if isinstance(code, rules.Misread):
        return Verdict.UNREADABLE
    typed = mac(keys, kept.account, kept.method, code)
    is_right = same(typed, kept.mac)
    is_used = same(typed, kept.used or b"")
    if is_right:
        return Verdict.RIGHT
    return Verdict.EARLIER if is_used else Verdict.WRONG


def _mac(keys: Keys, purpose: str, account: int, method: int, text: str) -> bytes:
    return keys.mac(purpose, account.to_bytes(8, "big"), method.to_bytes(8, "big"), text.encode())
