"""The verbs of contacts: index, add, propose, open."""

from collections.abc import Iterable
from datetime import datetime

from sekisho.ground import addresses, phones
from sekisho.ground.addresses import EmailAddress
from sekisho.ground.db import Work
from sekisho.ground.keys import Keys
from sekisho.ground.phones import Line, Phone
from sekisho.records.contacts import rules, store
from sekisho.records.contacts.rules import EMAIL, PHONE, Found, State

_INDEX_BYTES = 16


class AddressLost(Exception):
    """A sealed address does not open: the store was made under another key, or is damaged."""


def identity(reached: EmailAddress | Phone) -> str:
    """Return what two spellings of one address or number have in common."""
    return reached.text if isinstance(reached, Phone) else addresses.canonical(reached)


def blind(keys: Keys, reached: EmailAddress | Phone) -> bytes:
    """Return the index under which a contact is found; without the key it names nobody."""
    return _index(keys, identity(reached))


def note_change(
    work: Work, number: str, changed_at: datetime | None, *, is_voip: bool = False
) -> None:
    """Keep what a carrier knows of a number, for every account that has it (attack 081)."""
    until = rules.doubt(changed_at, work.now, is_voip=is_voip)
    store.doubt(work, _index(work.keys, number), until)


def _index(keys: Keys, identity: str) -> bytes:
    return keys.mac("index/v1", identity.encode())[:_INDEX_BYTES]


def stand_in(keys: Keys, name: str) -> int:
    """Return the subject that an unknown name is counted under, as an account would be (C11)."""
    told = keys.mac("stand-in/v1", name.encode())
    return int.from_bytes(told[:8], "big") >> 1


def payer_of(keys: Keys, found: Found) -> int:
    """Return whose book counts tries at a contact that waits for its code: the address's own."""
    return stand_in(keys, identity(opened(keys, found)))


def add(work: Work, account: int, email: EmailAddress) -> int:
    """Add a verified sign-in name to an account; an address that names another is a conflict."""
    new = _draft(work, account, email, State.VERIFIED, is_name=True)
    _keep(work, new, email)
    return new.id


def draft(work: Work, account: int, reached: EmailAddress | Phone) -> Found:
    """Return a contact as it will be kept until its code was given back (spec P1)."""
    return _draft(work, account, reached, State.PENDING, is_name=False)


def propose(work: Work, new: Found, reached: EmailAddress | Phone, before: Iterable[Found]) -> None:
    """Keep a draft; the same contact, still unproved among those `before`, makes room for it."""
    _keep(work, new, reached)
    for one in before:
        if one.blind == new.blind and one.state is State.PENDING:
            store.drop(work, one.id)


def _draft(
    work: Work, account: int, reached: EmailAddress | Phone, state: State, *, is_name: bool
) -> Found:
    contact = work.new_id()
    return Found(
        id=contact,
        account=account,
        sealed=work.keys.seal("contact/v1", _plain(reached), _owner(contact), work.chance),
        blind=blind(work.keys, reached),
        state=state,
        is_name=is_name,
        flow=work.new_id(),
        added_at=work.now,
        verified_at=work.now if state is State.VERIFIED else None,
        removed_at=None,
        kind=PHONE if isinstance(reached, Phone) else EMAIL,
    )


def _keep(work: Work, new: Found, reached: EmailAddress | Phone) -> None:
    mailbox = reached.text if isinstance(reached, Phone) else addresses.folded(reached)
    folded = work.keys.mac("folded/v1", mailbox.encode())[:_INDEX_BYTES]
    store.keep(work, new, folded=folded)


def opened(keys: Keys, found: Found) -> EmailAddress | Phone:
    """Open a contact of any kind.

    Raises AddressLost when the key is not the one it was sealed under.
    """
    if found.kind == EMAIL:
        return address(keys, found.id, found.sealed)
    # The verdict on a number stands as it was, with the version of the metadata (spec P3).
    text, country, line, metadata = _unsealed(keys, found.id, found.sealed).split(" ")
    return Phone(text, country, Line(line), metadata)


def hint(keys: Keys, found: Found) -> str:
    """Return what may be shown of a contact (spec P2)."""
    reached = opened(keys, found)
    return phones.hint(reached.text) if isinstance(reached, Phone) else addresses.hint(reached)


def address(keys: Keys, contact: int, sealed: bytes) -> EmailAddress:
    """Open an address: mail goes to the stored spelling, whatever was typed (attack 076).

    Raises AddressLost when the key is not the one it was sealed under.
    """
    local, _, domain = _unsealed(keys, contact, sealed).rpartition("@")
    return EmailAddress(local, domain)


def _plain(reached: EmailAddress | Phone) -> bytes:
    if isinstance(reached, Phone):
        return f"{reached.text} {reached.country} {reached.line} {reached.metadata}".encode()
    return reached.text.encode()


def _unsealed(keys: Keys, contact: int, sealed: bytes) -> str:
    plain = keys.unseal("contact/v1", sealed, _owner(contact))
    if plain is None:
        raise AddressLost
    return plain.decode()


def _owner(contact: int) -> bytes:
    return contact.to_bytes(8, "big")
