"""What counts as two (spec M10, decision 0021): one table, for sign-ins, step-ups and sessions."""

from collections.abc import Iterable

_ENOUGH = 2  # different kinds
_CODES = {"email_code": "code", "sms_code": "code", "voice_code": "code"}
_BOTH = "passkey"  # its authenticator verified its user


def is_wanted(proved: Iterable[str], *, two_step: bool) -> bool:
    """Say whether more is to be proved.

    Sent codes are one kind, whatever carried them; a passkey whose user was verified is two.
    """
    kinds = frozenset(_CODES.get(one, one) for one in proved)
    return two_step and len(kinds) < _ENOUGH and _BOTH not in kinds
