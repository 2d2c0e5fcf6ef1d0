"""The verbs of sessions: begin, check, end; and whether a browser is familiar."""

from datetime import timedelta

from msgspec.structs import replace

from sekisho.ground.db import Database, Work
from sekisho.ground.keys import Keys, same
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.records.sessions import rules, store
from sekisho.records.sessions.rules import Held, Policy, Session, Started


def begin(
    work: Work, account: int, methods: tuple[str, ...], visitor: Visitor, policy: Policy
) -> Started:
    """Begin a session under new secrets (attack 096), and make the browser familiar."""
    number, secret = work.new_id(), work.chance.octets(rules.SECRET_BYTES)
    token = rules.write("ses", number, secret)
    new = Session(
        id=number,
        account=account,
        methods=methods,
        device=visitor.device_mark,
        country=visitor.country,
        created_at=work.now,
        last_used_at=work.now,
        ends_at=work.now + policy.absolute,
    )
    store.add(work, new, _mac(work.keys, "session", token[-43:]))
    return Started(new, token, _familiar(work, account, visitor))


def check(db: Database, token: str, policy: Policy) -> Session | Refused:
    """Return the session of a token; its last use is kept at most every five minutes."""
    held = rules.read("ses", token)
    if held is None:
        return Refused(Reason.NOT_SIGNED_IN)
    found, now = db.read(lambda work: (store.one(work, held.id), work.now))
    if found is None or not same(found[1], _mac(db.keys, "session", held.secret)):
        return Refused(Reason.NOT_SIGNED_IN)
    session = found[0]
    if now >= rules.ends_at(session, policy):
        return Refused(Reason.NOT_SIGNED_IN)
    if now - session.last_used_at >= policy.touch:
        db.write("sessions.touch", lambda work: store.touch(work, session.id))
        return replace(session, last_used_at=now)
    return session


def end(work: Work, account: int, session: int) -> bool:
    """End one session of an account; another's is not found (attack 106)."""
    return store.end(work, account, session)


def end_all(work: Work, account: int, but: int | None, policy: Policy) -> int:
    """End all sessions of an account, perhaps but one; return how many were live (spec S1)."""
    return store.end_all(work, account, but or 0, policy.idle // timedelta(microseconds=1))


def recognised(keys: Keys, held: Held | None, kept: bytes | None) -> int | None:
    """Return the device's number when its secret is the one kept for this account."""
    if held is None or kept is None:
        return None
    return held.id if same(kept, _mac(keys, "device", held.secret)) else None


def familiar_device(work: Work, account: int, visitor: Visitor) -> int | None:
    """Return the number of the visitor's browser, where the account knows it."""
    held = rules.device_of(visitor.device)
    return (
        recognised(work.keys, held, store.device_secret(work, account, held.id)) if held else None
    )


def _familiar(work: Work, account: int, visitor: Visitor) -> str:
    held = rules.device_of(visitor.device)
    token = visitor.device
    if held is None:
        number, secret = work.new_id(), work.chance.octets(rules.SECRET_BYTES)
        token = rules.write("dev", number, secret)
        held = Held(number, token[-43:])
    mac = _mac(work.keys, "device", held.secret)
    store.know_device(work, account, held.id, mac, visitor.device_mark)
    return token


def _mac(keys: Keys, what: str, secret: str) -> bytes:
    return keys.epoch_mac(f"{what}/v1", secret.encode())
