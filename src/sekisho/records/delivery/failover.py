"""Several gateways for one channel: the next one when one fails or is slow (spec D3).

    closed ──2 failures in a row, or one without an answer──► open ──its rest is over──► half open
      ▲                                                        ▲                           │ one
      └──────────────────────accepted──────────────────────────┼──────────failed───────────┘ probe

A code whose answer was lost is not given to the same gateway again: it may have arrived there, and
nobody gets it twice from one. A gateway that knows messages by their id, and a notice, may be tried
again.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

import structlog

from sekisho.ground.clock import wait_clock
from sekisho.records.delivery.rules import Accepted, Deferred, Draft, Rejected

_ENOUGH = 2  # failures in a row; being without an answer counts for all of them
_REMEMBERED = 20_000  # messages; a code lives ten minutes
_log = structlog.get_logger("sekisho.delivery")


class Gateway(Protocol):
    """One of the list. `is_idempotent`: it knows a message again by its id."""

    @property
    def name(self) -> str:
        """What timelines and logs call it; no two of a list are named alike."""

    @property
    def is_idempotent(self) -> bool:
        """Say whether the same message may be given to it twice."""

    def send(self, draft: Draft, within: timedelta) -> Accepted | Deferred | Rejected:
        """Hand one draft over within this time."""

    def close(self) -> None:
        """Let go of connections."""


@dataclass(frozen=True, slots=True)
class Patience:
    """When a gateway is slow, and how long one that failed rests."""

    slow: timedelta = timedelta(seconds=3)  # while another, well one could take the message
    longest: timedelta = timedelta(seconds=10)  # when none could
    rest: timedelta = timedelta(seconds=5)  # doubled with each failed probe
    longest_rest: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Health:
    """How a gateway has fared; instants are of the clock for waits."""

    failures: int = 0
    rests: int = 0
    rests_until: float = 0.0
    is_probed: bool = False

    @property
    def is_open(self) -> bool:
        """Say whether the breaker took it out."""
        return self.rests > 0


def may_try(health: Health, now: float) -> bool:
    """Say whether a message may go there: it is well, or its rest is over and nobody probes it."""
    return not health.is_open or (now >= health.rests_until and not health.is_probed)


def after_failure(health: Health, weight: int, now: float, patience: Patience) -> Health:
    """Return the health after a failure; a failed probe doubles the rest."""
    if health.is_open and not health.is_probed:
        return health  # began before it was taken out
    failures = health.failures + weight
    if failures < _ENOUGH and not health.is_open:
        return replace(health, failures=failures)
    rests = min(health.rests + 1, 16)
    rest = min(patience.rest * 2 ** (rests - 1), patience.longest_rest)
    return Health(failures, rests, now + rest.total_seconds())


def after_success(health: Health) -> Health:
    """Return the health after a message was taken; what began before it opened says nothing."""
    return health if health.is_open and not health.is_probed else Health()


class Failover:
    """A provider made of gateways, in order of preference; a class because it holds their health.

    Several hands send at once; the lock is never held while one sends.
    """

    def __init__(
        self,
        gateways: Sequence[Gateway],
        patience: Patience = Patience(),
        clock: Callable[[], float] = wait_clock,
    ) -> None:
        """Begin with all of them well."""
        names = [gateway.name for gateway in gateways]
        if not names or len(set(names)) < len(names):
            raise ValueError("two gateways are named alike; add name= to one of them")
        self._gateways = tuple(gateways)
        self._patience = patience
        self._clock = clock
        self._health = {name: Health() for name in names}
        self._unsure: OrderedDict[str, frozenset[str]] = OrderedDict()
        self._lock = threading.Lock()

    def send(self, draft: Draft) -> Accepted | Deferred | Rejected:
        """Hand a draft to the first gateway that takes it."""
        tried: list[str] = []
        causes: list[str] = []
        while (found := self._take(draft, tried)) is not None:
            gateway, within = found
            tried.append(gateway.name)
            outcome = self._try(gateway, draft, within)
            if not isinstance(outcome, Deferred):
                return outcome
            causes.append(outcome.cause)
        if causes:
            return Deferred("; ".join(causes))
        return Deferred("no gateway may be tried now: each rests, or may have sent it already")

    def health(self) -> dict[str, Health]:
        """Return how each gateway fares, for metrics and `doctor`."""
        with self._lock:
            return dict(self._health)

    def close(self) -> None:
        """Hang up on all."""
        for gateway in self._gateways:
            gateway.close()

    def _take(self, draft: Draft, tried: Sequence[str]) -> tuple[Gateway, timedelta] | None:
        """Return the next gateway for a draft and how long to wait for it."""
        now = self._clock()
        with self._lock:
            refused = self._unsure.get(draft.id, frozenset()).union(tried)
            left = [
                gateway
                for gateway in self._gateways
                if gateway.name not in refused and may_try(self._health[gateway.name], now)
            ]
            if not left:
                return None
            first, *others = left
            health = self._health[first.name]
            if health.is_open:
                self._health[first.name] = replace(health, is_probed=True)
            is_urged = any(not self._health[other.name].is_open for other in others)
        return first, self._patience.slow if is_urged else self._patience.longest

    def _try(
        self, gateway: Gateway, draft: Draft, within: timedelta
    ) -> Accepted | Deferred | Rejected:
        try:
            outcome = gateway.send(draft, within)
        except BaseException:
            self._note(gateway, draft, Deferred("it broke", is_unsure=True))
            raise
        self._note(gateway, draft, outcome)
        return outcome

    def _note(
        self, gateway: Gateway, draft: Draft, outcome: Accepted | Deferred | Rejected
    ) -> None:
        with self._lock:
            before = self._health[gateway.name]
            after = after_success(before)
            if isinstance(outcome, Deferred):
                weight = _ENOUGH if outcome.is_unsure else 1
                after = after_failure(before, weight, self._clock(), self._patience)
                self._remember(gateway, draft, outcome)
            else:
                self._unsure.pop(draft.id, None)
            self._health[gateway.name] = after
        if after.is_open != before.is_open:
            cause = outcome.cause if isinstance(outcome, Deferred) else ""
            told = "a gateway was taken out" if after.is_open else "a gateway is back"
            _log.warning(told, gateway=gateway.name, channel=draft.channel, cause=cause)

    def _remember(self, gateway: Gateway, draft: Draft, outcome: Deferred) -> None:
        if not outcome.is_unsure or gateway.is_idempotent or draft.code is None:
            return
        before = self._unsure.pop(draft.id, frozenset())
        self._unsure[draft.id] = before | {gateway.name}
        if len(self._unsure) > _REMEMBERED:
            self._unsure.popitem(last=False)
