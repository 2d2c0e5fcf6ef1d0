"""The verbs of contacts: index, add, propose, open."""

from collections.abc import Iterable

from sekisho.ground import addresses
from sekisho.ground.addresses import EmailAddress
from sekisho.ground.db import Work
from sekisho.ground.keys import Keys
from sekisho.records.contacts import store
from sekisho.records.contacts.rules import Found, State

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
    """Add a verified sign-in name to an account; an address that names another is a conflict."""
    new = _draft(work, account, email, State.VERIFIED, is_name=True)
    _keep(work, new, email)
    return new.id


def draft(work: Work, account: int, email: EmailAddress) -> Found:
    """Return an address as it will be kept until its code was given back (spec P1)."""
    return _draft(work, account, email, State.PENDING, is_name=False)


def propose(work: Work, new: Found, email: EmailAddress, before: Iterable[Found]) -> None:
    """Keep a draft; the same address, still unproved among those `before`, makes room for it."""
    _keep(work, new, email)
    for one in before:
        if one.blind == new.blind and one.state is State.PENDING:
            store.drop(work, one.id)


def _draft(work: Work, account: int, email: EmailAddress, state: State, *, is_name: bool) -> Found:
    contact = work.new_id()
    return Found(
        id=contact,
        account=account,
        sealed=work.keys.seal("contact/v1", email.text.encode(), _owner(contact), work.chance),
        blind=blind(work.keys, email),
        state=state,
        is_name=is_name,
        flow=work.new_id(),
        added_at=work.now,
        verified_at=work.now if state is State.VERIFIED else None,
        removed_at=None,
    )


def _keep(work: Work, new: Found, email: EmailAddress) -> None:
    folded = work.keys.mac("folded/v1", addresses.folded(email).encode())[:_INDEX_BYTES]
    store.keep(work, new, folded=folded)


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
