"""Channels: how a letter is written for e-mail, SMS, voice and push.

A channel is a module with `write(content) -> Draft` and a line in CHANNELS, by the name that the
outbox keeps.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sekisho.records.delivery.channels import email, push, sms, voice
from sekisho.records.delivery.channels.shape import Addressed
from sekisho.records.delivery.post_office import PostOffice
from sekisho.records.delivery.rules import Draft

Write = Callable[[Addressed, PostOffice], Draft]

CHANNELS: Mapping[str, Write] = MappingProxyType(
    {"email": email.write, "sms": sms.write, "voice": voice.write, "push": push.write}
)

__all__ = ["CHANNELS", "Addressed", "Write"]
