"""Web Push: wakes phones by the push services of their browsers (RFC 8030), which read nothing.

Knows no account: whom a message is for, and that a phone is gone, it asks and tells by `Phones`.
A phone that cannot be reached is no failure; its page looks by itself.
"""

from datetime import timedelta
from functools import partial
from typing import Protocol

from sekisho.ground import outside
from sekisho.records.delivery.providers import web_push_sealing as sealing
from sekisho.records.delivery.providers.http_line import Answer, HttpLine, Unanswered
from sekisho.records.delivery.providers.web_push_sealing import Address, Means
from sekisho.records.delivery.rules import Accepted, Deferred, Draft, Rejected

_GONE = frozenset((404, 410))  # RFC 8030 §7.3: the subscription is over
_TAKEN = frozenset((200, 201, 202, 204))
_TOO_MANY, _BROKEN = 429, 500
_LIVES_SECONDS = 300  # how long a push service keeps it for a phone that is off; an ask's life
_WITHIN = timedelta(seconds=8)


class Phones(Protocol):
    """Who knows the phones: doors give one that asks the store."""

    def of(self, draft: Draft) -> list[Address]:
        """Return whom a message is for, at this moment."""

    def gone(self, address: Address) -> None:
        """Forget an address: its push service says that it is over."""


class WebPush:
    """A class because it holds connections; several hands use it at once."""

    def __init__(self, phones: Phones, means: Means) -> None:
        """Hold no connection yet."""
        self._phones = phones
        self._means = means
        # Threat: 105, an endpoint that names our own network (test_an_endpoint_inside_…).
        choose = partial(outside.address_of, loopback=means.loopback)
        self._line = HttpLine("", choose=choose)

    def send(self, draft: Draft) -> Accepted | Deferred | Rejected:
        """Tell every phone that the message is for; one that took it is enough."""
        addresses = self._phones.of(draft)
        outcomes = [self._tell(address, draft) for address in addresses]
        taken = [one for one in outcomes if isinstance(one, Accepted)]
        waiting = [one for one in outcomes if isinstance(one, Deferred)]
        if waiting and not taken:
            return waiting[0]
        return Accepted(f"told {len(taken)} of {len(addresses)}; who was not told looks by itself")

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _tell(self, address: Address, draft: Draft) -> Accepted | Deferred | Rejected:
        place = outside.read_url(address.endpoint, loopback=self._means.loopback)
        if place is None:
            self._phones.gone(address)
            return Rejected("no push service's address")
        means = self._means
        body = sealing.seal(draft.raw, address.public_key, address.secret, means.chance)
        headers = {
            "Authorization": sealing.authorization(means.sender, place.origin, means.clock.now()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(_LIVES_SECONDS),
            "Urgency": "high",
            "Topic": draft.id.partition("_")[2],  # a second try takes the first one's place
        }
        answer = self._line.post(place.url, body, headers, _WITHIN)
        if not isinstance(answer, Answer):
            return Deferred(answer.cause, is_unsure=isinstance(answer, Unanswered))
        return self._judge(address, answer.status)

    def _judge(self, address: Address, status: int) -> Accepted | Deferred | Rejected:
        if status in _TAKEN:
            return Accepted(f"{status}")
        if status in _GONE:
            self._phones.gone(address)
            return Rejected(f"{status}: the subscription is over")
        if status == _TOO_MANY or status >= _BROKEN:
            return Deferred(f"the push service answers {status}")
        return Rejected(f"the push service answers {status}")
