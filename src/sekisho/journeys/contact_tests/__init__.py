"""Does it arrive? A test message to a contact of one's own, and what became of it (spec P9)."""

from sekisho.journeys.contact_tests.rules import Policy

__all__ = ["Policy"]
