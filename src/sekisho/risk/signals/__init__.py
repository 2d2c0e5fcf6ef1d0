"""The signals, written out: a new one is a file here and a line in SIGNALS."""

from collections.abc import Callable

from sekisho.risk.facts import Facts, Finding
from sekisho.risk.signals import new_device

SIGNALS: tuple[Callable[[Facts], Finding | None], ...] = (new_device.look,)
