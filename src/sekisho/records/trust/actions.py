"""The verbs of trust: given at a second step, recognised, used (and so made new), ended."""

from sekisho.ground.db import Database, Work
from sekisho.ground.keys import Keys, same
from sekisho.ground.visitor import Visitor, device_words
from sekisho.records import accounts, activity, notices, sessions
from sekisho.records.activity import Event, Kind
from sekisho.records.notices import Told
from sekisho.records.trust import rules, store
from sekisho.records.trust.rules import Kept, Policy, Standing


def give(work: Work, account: int, device_token: str, visitor: Visitor, policy: Policy) -> str:
    """Trust the browser that proved a second step just now; return its token, or "" for none.

    Args: `device_token` is the browser's own, as the session that just began gives it.
    """
    device = sessions.device_of(device_token)
    if device is None or not policy.is_offered:
        return ""
    number, secret = work.new_id(), work.chance.octets(rules.SECRET_BYTES)
    token = rules.token(number, secret)
    new = Kept(
        id=number,
        account=account,
        device=device.id,
        mac=_mac(work.keys, account, device.id, token),
        mark=visitor.device_mark,
        trusted_at=work.now,
        last_used_at=work.now,
        ends_at=work.now + policy.length,
    )
    store.give(work, new)
    activity.record(work, Event(Kind.TRUST_GIVEN, account, visitor))
    return token


def recognise(db: Database, account: int, visitor: Visitor) -> Kept | None:
    """Return the account's trust in this browser, if it has one, for `use`.

    Ask only for who gave a first proof. An old value that comes back ends the trust (attack 108).
    """
    if not visitor.trust:
        return None
    found, standing = db.read(lambda work: _judged(work, account, visitor))
    if found is not None and standing is Standing.REPLAYED:
        db.write("trust.replayed", lambda work: _end_replayed(work, found, visitor))
    return found if standing is Standing.TRUSTED else None


def is_still(work: Work, kept: Kept) -> bool:
    """Say whether a trust is as it was recognised: whoever was faster has used or ended it."""
    if not work.is_again:
        return True  # `use` finds out
    by_now = store.one(work, kept.account, kept.id)
    return by_now is not None and by_now.mac == kept.mac


def use(work: Work, kept: Kept) -> str:
    """Use a trust up and return the token that takes its place; of two who race one commits."""
    token = rules.token(kept.id, work.chance.octets(rules.SECRET_BYTES))
    store.rotate(work, kept, _mac(work.keys, kept.account, kept.device, token))
    return token


def cookie(db: Database, text: str, token: str) -> str:
    """Return the tokens that a browser keeps: this one, and those of other accounts that live."""
    if not text:
        return token
    ids = tuple(held.id for held in rules.presented(text))
    return rules.joined(text, token, db.read(lambda work: store.living(work, ids)))


def end(work: Work, account: int, device: int) -> int:
    """End the trust in one browser; return how many ended: one or none."""
    return store.end_device(work, account, device)


def end_all(work: Work, account: int) -> int:
    """End the trust in every browser; return how many ended."""
    return store.end_all(work, account)


def end_with_change(work: Work, account: int) -> None:
    """End what a change of methods or of the password ends: all trust, and codes (spec S2, V5)."""
    end_all(work, account)
    accounts.void_codes(work, account)


def _judged(work: Work, account: int, visitor: Visitor) -> tuple[Kept | None, Standing]:
    device = sessions.familiar_device(work, account, visitor)
    for held in rules.presented(visitor.trust):
        kept = store.one(work, account, held.id)
        if kept is None:
            continue
        mac = _secret_mac(work.keys, account, kept.device, held.secret)
        is_newest = same(kept.mac, mac)
        mark = visitor.device_mark
        standing = rules.judge(kept, work.now, is_newest=is_newest, device=device, mark=mark)
        if standing is not Standing.NOTHING:
            return kept, standing
    return None, Standing.NOTHING


def _end_replayed(work: Work, kept: Kept, visitor: Visitor) -> None:
    """End a trust of which somebody holds a copy, and tell every contact; told once."""
    told = notices.addressees(work, kept.account)
    if not store.end(work, kept.account, kept.id):
        return
    activity.record(work, Event(Kind.TRUST_ENDED, kept.account, visitor))
    for one in told:
        browser = device_words(kept.mark, one.language)
        notices.tell(work, Told.TRUST_ENDED, one, visitor, browser=browser)


def _mac(keys: Keys, account: int, device: int, token: str) -> bytes:
    return _secret_mac(keys, account, device, rules.secret_of(token))


def _secret_mac(keys: Keys, account: int, device: int, secret: str) -> bytes:
    """Bind a secret to its account and its browser: moved to another row it is another one."""
    bound = account.to_bytes(8, "big"), device.to_bytes(8, "big")
    return keys.epoch_mac("trust/v1", *bound, secret.encode())
