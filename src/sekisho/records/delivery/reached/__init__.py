"""Whether messages reach an address: a mark, from a refusal or a bounce until a later delivery.

A mark belongs to the address, whoever's it is and whoever asked for the message.
"""

from sekisho.records.delivery.reached.actions import (
    accepted,
    arrived,
    failures,
    mark,
    refused,
    reported,
    sweep,
)
from sekisho.records.delivery.reached.store import TABLES, Failure

__all__ = [
    "TABLES",
    "Failure",
    "accepted",
    "arrived",
    "failures",
    "mark",
    "refused",
    "reported",
    "sweep",
]
