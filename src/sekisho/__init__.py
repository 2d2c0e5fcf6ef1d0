"""Sekisho: the account protection behind a sign-in, as software that anyone can run."""

__version__ = "0.1.0"
