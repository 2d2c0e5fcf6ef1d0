"""What every channel is given: one opened message and its numbers."""

from dataclasses import dataclass, field
from datetime import datetime

from sekisho.records.delivery.letters import Contents


@dataclass(frozen=True, slots=True)
class Addressed:
    """A message with its address, opened for writing; `token` is the same for each of its tries."""

    id: str
    kind: str
    channel: str
    token: str
    to: str = field(repr=False)
    contents: Contents
    now: datetime
