"""What a message needs to leave the house: its sender, the letters, the signer, the providers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sekisho.records.delivery.dkim import Signer
from sekisho.records.delivery.letters import Letters
from sekisho.records.delivery.rules import Accepted, Deferred, Draft, Policy, Rejected

_MAILBOX = re.compile(r'(?:\s*"?([^<>"\r\n\x00]*?)"?\s*<([^<>]*)>\s*)|([^<>]*)')
_ADDRESS = re.compile(r"[\x21-\x7e]{1,64}@[A-Za-z0-9.-]{1,255}")


class Provider(Protocol):
    """What takes drafts: a mail server, a gateway, the inbox of `dev`. Several threads call it."""

    def send(self, draft: Draft) -> Accepted | Deferred | Rejected:
        """Hand one draft over within a bounded time; what the world does is an outcome."""

    def close(self) -> None:
        """Let go of connections."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A sender: a name that people see and an address."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The part behind the @."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class PostOffice:
    """How this service sends; `providers` are by channel, and one may serve several.

    `before` is called with a phone's number just before a code goes to it.
    """

    mail_from: Mailbox
    letters: Letters
    providers: Mapping[str, Provider] = field(repr=False)
    dkim: Signer | None = None
    reply_to: Mailbox | None = None
    policy: Policy = field(default_factory=Policy)
    before: Callable[[str], None] | None = None

    def close(self) -> None:
        """Let go of all connections; for when nothing is sent any more."""
        for provider in {id(one): one for one in self.providers.values()}.values():
            provider.close()


def mailbox(text: str) -> Mailbox:
    """Read `Example <no-reply@example.com>` or a bare address; ValueError for anything else."""
    found = _MAILBOX.fullmatch(text)
    name, address = ("", "") if found is None else (found[1] or "", found[2] or found[3] or "")
    address = address.strip()
    if not is_address(address):
        raise ValueError(f"{text!r} is no sender; write it as: Example <no-reply@example.com>")
    return Mailbox(" ".join(name.split()), address)


def is_address(text: str) -> bool:
    """Say whether this can stand in an SMTP command and a header as it is."""
    # Threat: CR, LF or <> in an address would be more commands or headers. (attack 088)
    return _ADDRESS.fullmatch(text) is not None and not set('<>()[]\\,;:"') & set(text)
