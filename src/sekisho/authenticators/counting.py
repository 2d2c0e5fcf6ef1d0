"""What counts as two (spec M10, decision 0021): one table, for sign-ins, step-ups and sessions."""

from collections.abc import Iterable

_ENOUGH = 2  # different kinds
_PLAIN = {"email_code": "code", "sms_code": "code", "voice_code": "code", "push_6": "push"}
_BOTH = "passkey"  # its authenticator verified its user


def plain(proved: str) -> str:
    """Return the kind that a proof counts as."""
    return _PLAIN.get(proved, proved)


def is_wanted(proved: Iterable[str], *, two_step: bool) -> bool:
    """Say whether more is to be proved.

    Sent codes are one kind, whatever carried them, and so is push, however many digits were typed;
    a passkey whose user was verified is two.
    """
    kinds = frozenset(plain(one) for one in proved)
    return two_step and len(kinds) < _ENOUGH and _BOTH not in kinds
