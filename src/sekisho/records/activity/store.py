"""The table of events. Small rows: the time is in the id, the address one sealed block."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

from sqlalchemy import BigInteger, Column, Index, LargeBinary, SmallInteger, Table, Text

from sekisho.ground import ids
from sekisho.ground.db import METADATA, NUMBER, Row, Work, sql
from sekisho.records.activity.events import NOBODY, Event, Kind

EVENT = Table(
    "event",
    METADATA,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("account", BigInteger, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("ip", LargeBinary, nullable=False),
    Column("country", Text),
    Column("device", Text, nullable=False),
    Column("label", Text),
    Column("reasons", Text),
    Index("event_account", "account", "id"),
)
TABLES = (EVENT,)

_ADD = sql(
    "INSERT INTO event (id, account, kind, ip, country, device, label, reasons)"
    " VALUES (:id, :account, :kind, :ip, :country, :device, :label, :reasons)"
)
_RECENT = sql(
    "SELECT id, kind, ip, country, device, label, reasons FROM event"
    " WHERE account = :account AND id < :before AND id >= :since ORDER BY id DESC LIMIT :most"
)
_OLD = sql(
    "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE id < :edge LIMIT 1000) RETURNING id"
)
_NUMBERS = {kind.number: kind for kind in Kind}
_LAST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Seen:
    """An event as its owner sees it."""

    id: int
    at: datetime
    kind: Kind
    ip: str
    country: str | None
    device: str
    label: str | None
    reasons: tuple[str, ...]

    @property
    def outcome(self) -> str:
        """What came of it; `unsent` where nobody was there to send it to."""
        return "unsent" if NOBODY in self.reasons else self.kind.outcome


def add(work: Work, event: Event) -> None:
    """Keep an event of this work's moment."""
    visitor = event.visitor
    work.keep(
        _ADD,
        id=work.new_id(),
        account=event.account,
        kind=event.kind.number,
        ip=work.keys.veil(_block(visitor.ip)),
        country=visitor.country,
        device=visitor.device_mark,
        label=event.label,
        reasons=",".join(event.reasons) or None,
    )


def recent(
    work: Work, account: int, *, since: datetime, most: int, before: int | None = None
) -> list[Seen]:
    """Return an account's events, newest first, from those older than the id `before`."""
    rows = work.all(
        _RECENT,
        account=account,
        since=ids.floor(since),
        before=_LAST if before is None else before,
        most=most,
    )
    return [_seen(work, row) for row in rows]


def sweep(work: Work, edge: datetime) -> int:
    """Delete up to 1,000 events before `edge`; return how many."""
    return len(work.run(_OLD, edge=ids.floor(edge)))


def _seen(work: Work, row: Row) -> Seen:
    return Seen(
        id=row[0],
        at=ids.drawn_at(row[0]),
        kind=_NUMBERS[row[1]],
        ip=_text(work.keys.unveil(row[2])),
        country=row[3],
        device=row[4],
        label=row[5],
        reasons=tuple(row[6].split(",")) if row[6] else (),
    )


def _block(ip: str) -> bytes:
    address = ip_address(ip)
    if address.version == 4:  # noqa: PLR2004  # mapped into IPv6, RFC 4291 §2.5.5.2
        return b"\x00" * 10 + b"\xff\xff" + address.packed
    return address.packed


def _text(block: bytes) -> str:
    address = ip_address(block)
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
