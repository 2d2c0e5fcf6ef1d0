"""The ways on of a sign-in: what a stranger is offered, and what its account has (spec M9, P2).

A stranger sees the same for every name: the one for what was typed, then every kind of the service.
What the account really has is shown to a browser that it knows, or after a first proof.
"""

from collections.abc import Iterable, Iterator

import msgspec

from sekisho.authenticators import CODES, KINDS, Means, Option, registered
from sekisho.ground.keys import Keys
from sekisho.journeys.sign_in import rules
from sekisho.records import contacts, flows
from sekisho.records.methods import Method

_PLACES = {kind.name: place + 1 for place, kind in enumerate(KINDS)}
_FORGOTTEN = "password"  # what is to be set anew proves nothing
_CHANNELS = {kind: channel for channel, kind in CODES.items()}


class Way(msgspec.Struct, frozen=True):
    """One way: its option, and what it stands for.

    `contact` and `method` are 0 where a stranger names only the kind; then a sent code `confirms`
    the contact that it goes to.
    """

    option: Option
    channel: str = ""
    contact: int = 0
    method: int = 0
    confirms: bool = False

    @property
    def kind(self) -> str:
        """Return the kind."""
        return self.option.kind


def strangers(keys: Keys, ticket: flows.Ticket, means: Means) -> Iterator[Way]:
    """Yield the ways of whoever comes with this name; they depend on nothing that is stored."""
    name = rules.read_name(ticket.name)
    if name is None:
        yield from (_any(keys, ticket, kind) for kind in means.kinds if kind == "passkey")
        return
    channel = "email" if name.email else "sms"
    typed = Option(flows.option_id(ticket.flow, 0, keys), CODES[channel], rules.hint_of(name))
    yield Way(typed, channel)
    kinds = (kind for kind in means.kinds if kind not in closed(ticket))
    yield from (_any(keys, ticket, kind) for kind in kinds)


def known(
    keys: Keys,
    flow: int,
    reached: Iterable[contacts.Way],
    held_methods: Iterable[Method],
    proved: tuple[str, ...] = (),
) -> tuple[Way, ...]:
    """Return the ways of an account, by what it has: codes to contacts, then methods.

    What is of a kind that was proved already is left out.
    """
    is_code_proved = bool(set(proved) & set(_CHANNELS))
    by_code = () if is_code_proved else tuple(_to(keys, flow, one) for one in reached)
    by_method = tuple(
        Way(Option(flows.option_of(flow, one.id, keys), one.kind, one.name or None), method=one.id)
        for one in registered.usable(held_methods, proved)
    )
    return (*by_code, *by_method)


def closed(ticket: flows.Ticket) -> tuple[str, ...]:
    """Return the kinds that prove nothing in this flow."""
    return (_FORGOTTEN,) if ticket.is_reset else ()


def chosen(ways: Iterable[Way], option: str) -> Way | None:
    """Return the way that an option stands for."""
    return next((one for one in ways if one.option.id == option), None)


def again(keys: Keys, ticket: flows.Ticket, means: Means, flow: flows.Flow | None) -> Way | None:
    """Return the way of the newest code, for one more to the same place; what sends none has none.

    To who is not there it goes nowhere, as before (spec C11).
    """
    if flow is None or not flow.challenge.method:
        typed = next(strangers(keys, ticket, means))
        return typed if flow is None or flow.challenge.kind == typed.kind else None
    newest = flow.challenge
    channel = _CHANNELS.get(newest.kind)
    option = Option("", newest.kind, None)
    return Way(option, channel, contact=newest.method) if channel else None


def options(ways: Iterable[Way]) -> tuple[Option, ...]:
    """Return the options of ways."""
    return tuple(one.option for one in ways)


def _any(keys: Keys, ticket: flows.Ticket, kind: str) -> Way:
    channel = _CHANNELS.get(kind, "")
    option = Option(flows.option_id(ticket.flow, _PLACES[kind], keys), kind, None)
    return Way(option, channel, confirms=bool(channel))


def _to(keys: Keys, flow: int, way: contacts.Way) -> Way:
    number = contacts.number_of(way)
    option = Option(flows.option_of(flow, number, keys), way.kind, way.hint)
    return Way(option, way.channel, contact=way.contact)
