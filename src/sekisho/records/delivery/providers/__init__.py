"""Providers: what takes drafts. A provider is a module and a line in PROVIDERS, by URL scheme.

Chosen by `SEKISHO_SMTP_URL`; the inbox of `dev` is made with a folder instead (`inbox.Inbox`).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sekisho.records.delivery.post_office import Provider
from sekisho.records.delivery.providers import smtp

PROVIDERS: Mapping[str, Callable[[str], Provider]] = MappingProxyType(
    {"smtp": smtp.provider, "smtps": smtp.provider}
)


def choose(url: str) -> Provider:
    """Return the provider for a mail URL; ValueError says what to write instead."""
    make = PROVIDERS.get(url.partition("://")[0].lower())
    if make is None:
        raise ValueError(
            f"a mail URL begins with one of: {', '.join(f'{s}://' for s in PROVIDERS)}"
        )
    return make(url)
