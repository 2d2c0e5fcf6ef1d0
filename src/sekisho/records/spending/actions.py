"""The verbs of spending: judge a message before it is posted, keep it, hold a block, show stops."""

from dataclasses import dataclass

import structlog

from sekisho.ground import phones
from sekisho.ground.db import Work
from sekisho.ground.keys import Keys
from sekisho.records.spending import rules, store
from sekisho.records.spending.rules import Held, Policy, Stop
from sekisho.records.spending.store import Stopped

_INDEX_BYTES = 16
_PURPOSE = "prefix/v1"
_log = structlog.get_logger("sekisho.spending")


@dataclass(frozen=True, slots=True)
class Granted:
    """A message that may go, to be kept with it: to which block, and for how much."""

    prefix: bytes
    cost: int


def judge(work: Work, to: str, policy: Policy) -> Granted | Held:
    """Say whether a message may go to this number."""
    prefix = _blind(work.keys, to)
    counted = store.count(work, prefix, policy)
    price = rules.price_of(phones.country_of(to), policy)
    return rules.judge(counted, price, work.now, policy) or Granted(prefix, price)


def keep(work: Work, granted: Granted, message: int, *, is_new: bool) -> None:
    """Keep what was sent; `is_new` says that the number is still to be proved by its code.

    Only such codes tell of pumping: a number that was proved once gets codes that nobody types.
    """
    state = store.OPEN if is_new else store.NOT_JUDGED
    store.keep(work, message, granted.prefix, granted.cost, state)


def typed(work: Work, message: int) -> None:
    """Keep that the code of a message was typed rightly."""
    store.typed(work, message)


def hold(work: Work, held: Held, to: str) -> None:
    """Keep a stop that is news, and tell the operator: in the log, and by `stopped` in `doctor`."""
    if not held.is_news:
        return
    prefix = _blind(work.keys, to)
    what = store.OF_THE_DAY if held.why is Stop.DAY else prefix
    plain = rules.prefix_of(to).encode() if held.why is not Stop.DAY else b""
    sealed = work.keys.seal(_PURPOSE, plain, what, work.chance)
    store.hold(work, what, sealed, held.why.value, held.until)
    _log.warning(
        "codes to phones are stopped",
        why=held.why.value,
        country=phones.country_of(to),
        until=held.until.isoformat(),
    )


def stopped(work: Work) -> list[Stopped]:
    """Return the stops that hold, oldest first."""
    return [
        Stopped((work.keys.unseal(_PURPOSE, sealed, what) or b"").decode(), why, until)
        for what, sealed, why, until in store.stopped(work)
    ]


def _blind(keys: Keys, to: str) -> bytes:
    return keys.mac(_PURPOSE, rules.prefix_of(to).encode())[:_INDEX_BYTES]
