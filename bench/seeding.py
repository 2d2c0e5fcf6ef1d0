"""Accounts made beforehand, written straight into the product's store. Waits for its tables."""

from pathlib import Path


def seed(url: str, key: Path, people: int, events: int) -> None:
    """Make so many accounts, each with an address and so many past events."""
    raise NotImplementedError((url, key, people, events))
