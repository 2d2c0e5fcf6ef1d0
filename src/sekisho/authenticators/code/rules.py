"""Codes as values: how long they are, and how they are labelled."""

# Letters and digits that nobody takes for one another: no B 8, G 6, I 1, O 0, Q, S 5, Z 2 (C8).
LABELS = tuple(f"{letter}{digit}" for letter in "ACDEFHJKLMNPRTUVWXY" for digit in "23456789")
_SHORT, _LONG = 6, 8


def other_length(digits: int) -> int:
    """Return the other length that a code of the same flow may have had."""
    return _LONG if digits == _SHORT else _SHORT


def label_among(taken: frozenset[str], drawn: int) -> str:
    """Return a label that no live request of the account has, from a drawn number (spec C8)."""
    if not taken:
        return LABELS[drawn % len(LABELS)]
    free = [label for label in LABELS if label not in taken] or LABELS
    return free[drawn % len(free)]
