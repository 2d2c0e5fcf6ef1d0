"""Tickets: the sealed `secret` of a flow, and the ids of the options that it offers.

Opening a flow writes nothing, so it costs a flood nothing but CPU, and known and unknown names
are alike by construction (spec C11). A new epoch of the root key voids every ticket.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

import msgspec

from sekisho.ground import ids
from sekisho.ground.chance import Chance
from sekisho.ground.clock import instant, micros
from sekisho.ground.keys import Keys
from sekisho.records.flows.rules import Purpose, Ticket

_PURPOSE = "ticket/flow/v1"
_LONGEST = 1600  # signs; a name has at most 254, the parameters of an act MOST_PARAMETERS


class _Inside(msgspec.Struct, array_like=True):
    flow: int
    purpose: int
    opened_at: int
    language: str
    zone: str
    name: str
    account: int = 0
    session: int = 0
    act: str = ""
    parameters: str = ""


_PACK = msgspec.msgpack.Encoder().encode
_UNPACK = msgspec.msgpack.Decoder(_Inside).decode


def seal_ticket(ticket: Ticket, keys: Keys, chance: Chance) -> str:
    """Return the secret that the asker sends back with every later call of the flow."""
    inside = _Inside(
        ticket.flow,
        ticket.purpose,
        micros(ticket.opened_at),
        ticket.language,
        ticket.zone,
        ticket.name,
        ticket.account,
        ticket.session,
        ticket.act,
        ticket.parameters,
    )
    sealed = keys.seal(_PURPOSE, _PACK(inside), b"", chance)
    return _text(sealed)


def open_ticket(secret: str, keys: Keys) -> Ticket | None:
    """Return the ticket in a secret, or None when this service did not seal it."""
    if len(secret) > _LONGEST or not secret.isascii():
        return None
    try:
        sealed = urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
    except (NotBase64, ValueError):
        return None
    if _text(sealed) != secret:
        return None  # base64 passes over foreign signs and loose bits: one ticket has one text
    plain = keys.unseal(_PURPOSE, sealed, b"")
    if plain is None:
        return None
    inside = _UNPACK(plain)
    return Ticket(
        flow=inside.flow,
        purpose=Purpose(inside.purpose),
        opened_at=instant(inside.opened_at),
        language=inside.language,
        zone=inside.zone,
        name=inside.name,
        account=inside.account,
        session=inside.session,
        act=inside.act,
        parameters=inside.parameters,
    )


def option_id(flow: int, place: int, keys: Keys) -> str:
    """Return the id of the option at this place of the flow's list; it means nothing elsewhere."""
    told = keys.epoch_mac("option/v1", flow.to_bytes(8, "big"), bytes((place,)))
    return ids.show("opt", int.from_bytes(told[:8], "big") >> 1)


def option_of(flow: int, number: int, keys: Keys) -> str:
    """Return the id of the option that stands for a contact or a method, in this flow only."""
    told = keys.epoch_mac("option/v1", flow.to_bytes(8, "big"), number.to_bytes(8, "big"))
    return ids.show("opt", int.from_bytes(told[:8], "big") >> 1)


def _text(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()
