"""Ids: 64 bits, the high 41 the millisecond, the low 22 chance; outside, a prefix and base32.

They sort by time, so that new rows go to the end of every index. A clash is a conflict of the
unique key, and `Database.write` then does the work again with new ids. An id is no secret.
"""

from datetime import UTC, datetime, timedelta

_START = datetime(2024, 1, 1, tzinfo=UTC)
CHANCE_BITS = 22
_CHANCE = (1 << CHANCE_BITS) - 1
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base32, lower case
_VALUES = {sign: value for value, sign in enumerate(_ALPHABET)}
_LENGTH = 13  # 13 signs of 5 bits hold 64 bits


def made(at: datetime, drawn: int) -> int:
    """Return the id of a row made at `at`; of `drawn` the lowest `CHANCE_BITS` bits count."""
    return floor(at) | drawn & _CHANCE


def floor(at: datetime) -> int:
    """Return the lowest id of a row made at `at`, for ranges of time."""
    return int((at - _START).total_seconds() * 1000) << CHANCE_BITS


def show(prefix: str, number: int) -> str:
    """Return the id as programs and people see it, such as `acc_0k8rz2m4v7q1c`."""
    signs = [_ALPHABET[(number >> shift) & 31] for shift in range(5 * (_LENGTH - 1), -1, -5)]
    return f"{prefix}_{''.join(signs)}"


def read(prefix: str, text: str) -> int | None:
    """Return the number in `text`, or None when it is no id with this prefix."""
    head, _, signs = text.partition("_")
    if head != prefix or len(signs) != _LENGTH:
        return None
    number = 0
    for sign in signs:
        value = _VALUES.get(sign)
        if value is None:
            return None
        number = number << 5 | value
    return number if number < 1 << 63 else None


def drawn_at(number: int) -> datetime:
    """Return when an id was drawn, to the millisecond."""
    return _START + timedelta(milliseconds=number >> CHANCE_BITS)
