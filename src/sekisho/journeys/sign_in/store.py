"""The two readings of a sign-in: all that asking, and all that answering, must know, in one each.

They join the tables of the records below; each feature's own functions give the shapes.
"""

import msgspec

from sekisho.ground.db import Row, Work, sql
from sekisho.ground.keys import Keys
from sekisho.ground.refusal import Refused
from sekisho.ground.showing import shown
from sekisho.journeys.sign_in.rules import Name
from sekisho.records import contacts, flows, limits

_OWNER = (
    "a.id, a.two_step, a.language, a.zone, c.id, c.sealed, b.version, b.pages, d.secret,"
    " a.voided_at"
)
_HAS_MORE = "EXISTS (SELECT 1 FROM contact o WHERE o.account = a.id AND o.id <> a.contact)"
_ASKING = sql(
    f"SELECT {_OWNER}, NULL, {flows.COLUMNS} FROM (SELECT 1 AS one) AS x"  # noqa: S608  # constants
    " LEFT JOIN contact c ON c.blind = :blind AND c.is_name = 1"
    " LEFT JOIN account a ON a.id = c.account AND a.contact = c.id AND a.may_sign_in = 1"
    " LEFT JOIN device d ON d.account = a.id AND d.id = :device"
    " LEFT JOIN book b ON b.subject = COALESCE(a.id, :subject)"
    " LEFT JOIN flow f ON f.id = :flow"
)
_ANSWERING = sql(
    f"SELECT {_OWNER}, {_HAS_MORE}, {flows.COLUMNS} FROM flow f"  # noqa: S608  # constants
    " LEFT JOIN contact n ON n.blind = :blind AND n.is_name = 1"
    " LEFT JOIN account a ON a.id = COALESCE(f.account, n.account)"
    " LEFT JOIN contact c ON c.id = a.contact"
    " LEFT JOIN device d ON d.account = a.id AND d.id = :device"
    " LEFT JOIN book b ON b.subject = COALESCE(a.id, f.subject)"
    " WHERE f.id = :flow"
)
_OWNING = sql(
    f"SELECT {_OWNER}, {_HAS_MORE} FROM account a"  # noqa: S608  # constants
    " JOIN contact c ON c.id = a.contact"
    " LEFT JOIN device d ON d.account = a.id AND d.id = :device"
    " LEFT JOIN book b ON b.subject = a.id"
    " WHERE a.id = :account AND a.may_sign_in = 1"
)
_WIDTH = 11
_NOBODY = b"\x00" * 16  # an index that nobody has


class Owner(msgspec.Struct, frozen=True):
    """Whose name it is: the account, its address (sealed) and its choices.

    `has_more` says that there are other contacts; asking does not look.
    """

    account: int
    language: str | None
    zone: str | None
    contact: int
    sealed: bytes
    two_step: bool = False
    has_more: bool = False
    voided_at: int = 0  # codes that were sent until then open nothing (spec V5)

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "sealed")


class Gathered(msgspec.Struct, frozen=True):
    """What the store knows of a name and a flow. `owner` is None for a name without an account.

    A flow that began before its name had an account is its owner's by now, and charged to his book:
    else a new account would have two books, and strangers twice the tries (spec C6).
    """

    owner: Owner | None
    books: tuple[int, limits.Book]
    device_mac: bytes | None
    flow: flows.Flow | None

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "device_mac")

    def payer(self, flow: flows.Flow) -> int:
        """Return the subject whose book and events an answer in this flow goes to."""
        return self.owner.account if self.owner else flow.subject

    @property
    def void(self) -> Refused | None:
        """Why the flow opens nothing since its owner's security info changed, or None (spec V5)."""
        if self.owner is None or self.flow is None:
            return None
        return flows.void(self.flow, self.owner.voided_at)


def blind(keys: Keys, name: Name | None) -> bytes:
    """Return the index of a name; a phone number is nobody's yet, and walks the same road."""
    return contacts.blind(keys, name.email) if name and name.email else _NOBODY


def asking(work: Work, *, blind: bytes, subject: int, flow: int, device: int) -> Gathered:
    """Gather what asking for a code must know; `subject` stands in for an unknown name."""
    row = work.one(_ASKING, blind=blind, subject=subject, flow=flow, device=device)
    return _shape(row or (None,) * (_WIDTH + flows.WIDTH))


def answering(work: Work, *, blind: bytes, flow: int, device: int) -> Gathered | None:
    """Gather what answering must know; None where no code was asked for in this flow."""
    row = work.one(_ANSWERING, blind=blind, flow=flow, device=device)
    return _shape(row) if row else None


def owning(work: Work, *, account: int, device: int) -> Gathered | None:
    """Gather what must be known of an account that an answer named by itself (a passkey)."""
    row = work.one(_OWNING, account=account, device=device)
    return _shape((*row, *(None,) * flows.WIDTH)) if row else None


def _owner(row: Row) -> Owner:
    return Owner(
        account=row[0],
        language=row[2],
        zone=row[3],
        contact=row[4],
        sealed=row[5],
        two_step=bool(row[1]),
        has_more=bool(row[10]),
        voided_at=row[9],
    )


def _shape(row: Row) -> Gathered:
    return Gathered(
        owner=None if row[0] is None else _owner(row),
        books=(row[6] or 0, limits.book(row[7])),
        device_mac=row[8],
        flow=None if row[_WIDTH] is None else flows.shape(row[_WIDTH:]),
    )
