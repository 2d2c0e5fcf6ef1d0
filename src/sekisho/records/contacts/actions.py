"""The verbs of contacts: index, add, open."""

from sekisho.ground import addresses
from sekisho.ground.addresses import EmailAddress
from sekisho.ground.clock import micros
from sekisho.ground.db import Work
from sekisho.ground.keys import Keys
from sekisho.records.contacts import store
from sekisho.records.contacts.store import Found

_INDEX_BYTES = 16


class AddressLost(Exception):
    """A sealed address does not open: the store was made under another key, or is damaged."""


def blind(keys: Keys, email: EmailAddress) -> bytes:
    """Return the index under which an address is found; without the key it names nobody."""
    return keys.mac("index/v1", addresses.canonical(email).encode())[:_INDEX_BYTES]


def stand_in(keys: Keys, name: str) -> int:
    """Return the subject that an unknown name is counted under, as an account would be (C11)."""
    told = keys.mac("stand-in/v1", name.encode())
    return int.from_bytes(told[:8], "big") >> 1


def add(work: Work, account: int, email: EmailAddress) -> int:
    """Add a verified address to an account; an address that another has is a conflict."""
    contact = work.new_id()
    sealed = work.keys.seal("contact/v1", email.text.encode(), _owner(contact), work.chance)
    folded = work.keys.mac("folded/v1", addresses.folded(email).encode())[:_INDEX_BYTES]
    store.keep(
        work,
        Found(contact, account, sealed),
        blind=blind(work.keys, email),
        folded=folded,
        at=micros(work.now),
    )
    return contact


def address(keys: Keys, contact: int, sealed: bytes) -> EmailAddress:
    """Open a contact: mail goes to the stored spelling, whatever was typed (attack 076).

    Raises AddressLost when the key is not the one it was sealed under.
    """
    plain = keys.unseal("contact/v1", sealed, _owner(contact))
    if plain is None:
        raise AddressLost
    local, _, domain = plain.decode().rpartition("@")
    return EmailAddress(local, domain)


def _owner(contact: int) -> bytes:
    return contact.to_bytes(8, "big")
