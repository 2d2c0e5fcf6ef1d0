"""Spending: what messages to phones may cost, and when a block of numbers has had enough (F5).

Who asks for a code to a phone judges first, then keeps what he was granted. Whoever typed a code of
his own new phone rightly says so by `typed`. `stopped` is what an operator is shown.
"""

from sekisho.records.spending.actions import Granted, hold, judge, keep, stopped, typed
from sekisho.records.spending.rules import Held, Policy, Stop, read_prices
from sekisho.records.spending.store import TABLES, Stopped, sweep

__all__ = [
    "TABLES",
    "Granted",
    "Held",
    "Policy",
    "Stop",
    "Stopped",
    "hold",
    "judge",
    "keep",
    "read_prices",
    "stopped",
    "sweep",
    "typed",
]
