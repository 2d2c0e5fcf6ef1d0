"""The JSON shapes of security info (API.md, "A session")."""

import msgspec

from sekisho.authenticators.shapes import ChallengeShape


class ContactShape(msgspec.Struct):
    """A contact of the account; `hint` masks it, `sign_in` says that it is a sign-in name."""

    id: str
    kind: str
    hint: str
    state: str
    sign_in: bool
    added_at: str
    verified_at: str | None


class ContactList(msgspec.Struct):
    """All contacts of the account, oldest first."""

    data: list[ContactShape]
    next: str | None


class ContactProposed(msgspec.Struct):
    """A contact that counts once the code sent to it was given back."""

    id: str
    kind: str
    hint: str
    state: str
    challenge: ChallengeShape


class AddContact(msgspec.Struct, forbid_unknown_fields=True):
    """Add a contact: needs a step-up for `contacts.add` with the same two fields."""

    kind: str
    address: str


class ConfirmContact(msgspec.Struct, forbid_unknown_fields=True):
    """Prove a contact: the code, however it was typed or pasted."""

    code: str
