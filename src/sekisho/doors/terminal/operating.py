"""The commands for operators: settings, accounts, events, messages."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from sekisho.authenticators import lanes, registered
from sekisho.doors import house, people, policies
from sekisho.doors.settings import REFERENCE, environment, gather
from sekisho.doors.terminal.outcomes import refuse, tell, tell_json, told
from sekisho.ground import addresses, ids
from sekisho.ground.clock import instant
from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason
from sekisho.journeys.recent_activity import actions as recent_activity
from sekisho.journeys.recent_activity import api as activity_api
from sekisho.records import accounts, activity, contacts, delivery, limits, methods, sessions
from sekisho.records.accounts import Account
from sekisho.records.activity import Event, Kind
from sekisho.records.methods import State

_HIDDEN = "(set)"


def show_settings(folder: Path, *, as_json: bool) -> None:
    """Print every setting in force."""
    with told():
        found = gather(folder, {}, environment())
    rows = [
        {
            "name": one.name,
            "env": one.env,
            "value": _HIDDEN
            if one.is_secret and found.values[one.name]
            else found.values[one.name],
            "default": one.default,
            "unit": one.unit,
            "lowest": one.lowest,
            "highest": one.highest,
            "what": one.what,
        }
        for one in REFERENCE
    ]
    if as_json:
        tell_json({"data": rows})
        return
    for row in rows:
        bounds = "" if row["lowest"] is None else f", {row['lowest']} to {row['highest'] or 'any'}"
        default = row["default"] if row["default"] != "" else "none"
        tell(f"{row['name']} = {row['value']}   (default {default}{bounds})")
        tell(f"    {row['env']}: {row['what']}")


def create_account(folder: Path, address: str, language: str | None, *, as_json: bool) -> None:
    """Make an account."""
    email = addresses.parse_email(address)
    if email is None:
        refuse(Reason.INVALID_INPUT, f"{address!r} is no e-mail address")
    with told():
        made = people.make(_database(folder), email, language)
    if made is None:
        refuse(Reason.INVALID_INPUT, "an account has this address already")
    shown = ids.show("acc", made)
    if as_json:
        tell_json({"id": shown})
    else:
        tell(f"made {shown}; its owner signs in with {addresses.hint(email)}")


def show_account(folder: Path, name_or_id: str, *, as_json: bool) -> None:
    """Show an account: what an operator may see of it."""
    with told():
        db = _database(folder)
        account = _find(db, name_or_id)
        settings = gather(folder, {}, environment())
        idle = int(policies.session_lives(settings).idle.total_seconds() * 1_000_000)
        shape = db.read(lambda work: account_shape(work, account, idle))
    if as_json:
        tell_json(shape)
        return
    for name, value in shape.items():
        tell(f"{name:14} {value}")


def reopen_account(folder: Path, name_or_id: str, *, as_json: bool) -> None:
    """Open every lane again."""
    with told():
        db = _database(folder)
        account = _find(db, name_or_id)
        db.write("account.reopen", lambda work: reopen(work, account.id))
    shown = ids.show("acc", account.id)
    if as_json:
        tell_json({"id": shown, "reopened": True})
    else:
        tell(f"{shown}: every lane is open again")


def list_events(folder: Path, name_or_id: str, limit: int, *, as_json: bool) -> None:
    """List events, newest first."""
    with told():
        db = _database(folder)
        account = _find(db, name_or_id)
        policy = policies.activity(gather(folder, {}, environment()))
        seen, following = db.read(
            lambda work: recent_activity.recent(work, policy, account.id, limit, None)
        )
    shapes = [activity_api.shape(one, "en") for one in seen]
    if as_json:
        tell_json({"data": shapes, "next": ids.show("evt", following) if following else None})
        return
    for one in shapes:
        tell(f"{one.at}  {one.kind:16} {one.outcome:9} {one.label or '':3} {one.ip}  {one.device}")


def list_messages(folder: Path, limit: int, *, as_json: bool) -> None:
    """List messages, newest first."""
    with told():
        found = _database(folder).read(lambda work: delivery.recent(work, limit))
    _tell_messages(found, as_json=as_json)


def list_parked(folder: Path, limit: int, *, as_json: bool) -> None:
    """List messages that could not be sent."""
    with told():
        found = _database(folder).read(lambda work: delivery.parked(work, limit))
    _tell_messages(found, as_json=as_json)


def _tell_messages(found: list[delivery.Sent], *, as_json: bool) -> None:
    shapes = [_message_shape(one) for one in found]
    if as_json:
        tell_json({"data": shapes, "next": None})
        return
    for shape in shapes:
        last = shape["timeline"][-1] if shape["timeline"] else {"detail": ""}
        tell(
            f"{shape['id']}  {shape['created_at']}  {shape['kind']:14} {shape['state']:11}"
            f" {shape['label'] or '':3} {last['detail'] or ''}"
        )


def _database(folder: Path) -> Database:
    settings = gather(folder, {}, environment())
    is_dev = (folder / "root.key").exists() and not settings.text("root_key_file")
    return house.open_database(settings, is_dev=is_dev)


def _find(db: Database, name_or_id: str) -> Account:
    """Return the account; ends the command as refused when there is none."""
    number, email = ids.read("acc", name_or_id), addresses.parse_email(name_or_id)
    found = db.read(lambda work: _look_up(work, number, email))
    if found is None:
        refuse(Reason.NOT_FOUND, f"no account is {name_or_id!r}")
    return found


def _look_up(
    work: Work, number: int | None, email: addresses.EmailAddress | None
) -> Account | None:
    if number is None and email is not None:
        contact = contacts.find(work, contacts.blind(work.keys, email))
        number = contact.account if contact else None
    return accounts.find(work, number) if number is not None else None


def account_shape(work: Work, account: Account, idle: int) -> dict[str, object]:
    """Return what an operator sees of an account; its ways are told by kind, never by name."""
    found = contacts.verified(work, account.id)
    hints = [contacts.hint(work.keys, one) for one in found]
    held = [one for one in methods.of_account(work, account.id) if one.state is State.ACTIVE]
    return {
        "id": ids.show("acc", account.id),
        "created_at": instant(account.created_at).isoformat().replace("+00:00", "Z"),
        "names": hints,
        "language": account.language,
        "time_zone": account.zone,
        "two_step": account.two_step,
        "methods": [one.kind for one in held],
        "sessions": len(sessions.of_account(work, account.id, idle)),
        "closed_lanes": sum(
            book.lane(lane).is_closed
            for _, _, book, own in _counting(work, account.id)
            for lane in own
        )
        + sum(map(lanes.is_closed, held)),
    }


def reopen(work: Work, account: int) -> None:
    """Open the lanes of everything that the account proves by (spec C6)."""
    for subject, version, book, own in list(_counting(work, account)):
        if version:
            limits.keep(work, subject, version, limits.reopen(book, own))
    methods.reopen(work, account)
    activity.record(work, Event(Kind.ACCOUNT_REOPENED, account, people.OPERATOR))


def _counting(work: Work, account: int) -> Iterator[tuple[int, int, limits.Book, Collection[int]]]:
    """Yield the books that count tries at this account, with the lanes there that are its own.

    All lanes of its codes' and of each kind's; in that of a contact that waits for its code, one.
    """
    by_kind = (registered.payer_of(work.keys, account, kind) for kind in registered.NAMES)
    for subject in (account, *by_kind):
        version, book = limits.reading(work, subject)
        yield subject, version, book, book.lanes.keys()
    for one in contacts.every(work, account):
        if one.state is contacts.State.PENDING:
            subject = contacts.payer_of(work.keys, one)
            yield subject, *limits.reading(work, subject), (account,)


def _message_shape(one: delivery.Sent) -> dict[str, Any]:
    return {
        "id": ids.show("msg", one.id),
        "kind": one.kind,
        "channel": one.channel,
        "state": one.state.word,
        "label": one.label,
        "created_at": one.created_at.isoformat().replace("+00:00", "Z"),
        "timeline": [
            {
                "at": instant(step.at).isoformat().replace("+00:00", "Z"),
                "state": step.state,
                "detail": step.detail,
            }
            for step in one.timeline
        ],
    }
