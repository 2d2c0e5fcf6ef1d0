"""Kinds of authenticators in the order in which they are compared."""

from collections.abc import Iterable

from sekisho.authenticators import Kind


def strongest_first(kinds: Iterable[Kind]) -> tuple[Kind, ...]:
    """Return the kinds by what they are worth alone; among equals the registry's order stays."""
    return tuple(sorted(kinds, key=lambda kind: (-kind.assurance, not kind.is_phishing_resistant)))
