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
    browser, device_token = _browser(work, visitor)
    new = Session(
        id=number,
        account=account,
        methods=methods,
        device=visitor.device_mark,
        country=visitor.country,
        created_at=work.now,
        last_used_at=work.now,
        ends_at=work.now + policy.absolute,
        browser=browser.id,
    )
    store.add(work, new, _mac(work.keys, "session", token[-rules.SECRET_SIGNS :]))
    store.know_device(work, new, _mac(work.keys, "device", browser.secret))
    return Started(new, token, device_token)


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


def forget(work: Work, account: int, browser: int, policy: Policy) -> int | None:
    """Forget a browser and end its sessions; return how many, None where there is no such one.

    Its token is no longer worth anything to this account, in whoever's hands it is.
    """
    if not store.forget(work, account, browser):
        return None
    return store.end_browser(work, account, browser, policy.idle // timedelta(microseconds=1))


def recognised(keys: Keys, held: Held | None, kept: bytes | None) -> int | None:
    """Return the device's number when its secret is the one kept for this account."""
    if held is None or kept is None:
        return None
    return held.id if same(kept, _mac(keys, "device", held.secret)) else None


def last_methods(work: Work, account: int, visitor: Visitor) -> tuple[str, ...]:
    """Return what the visitor's browser proved when it last signed in here.

    Where the account does not know the browser, nothing: a stranger sees one order for every name.
    """
    device = familiar_device(work, account, visitor)
    return store.last_methods(work, account, device) if device is not None else ()


def familiar_device(work: Work, account: int, visitor: Visitor) -> int | None:
    """Return the number of the visitor's browser, where the account knows it."""
    held = rules.device_of(visitor.device)
    return (
        recognised(work.keys, held, store.device_secret(work, account, held.id)) if held else None
    )


def _browser(work: Work, visitor: Visitor) -> tuple[Held, str]:
    """Return the browser's number and token: its own, or new ones."""
    held = rules.device_of(visitor.device)
    if held is not None:
        return held, visitor.device
    number, secret = work.new_id(), work.chance.octets(rules.SECRET_BYTES)
    token = rules.write("dev", number, secret)
    return Held(number, token[-rules.SECRET_SIGNS :]), token


def _mac(keys: Keys, what: str, secret: str) -> bytes:
    return keys.epoch_mac(f"{what}/v1", secret.encode())
