"""Trusted browsers on both stores: bound to account and browser, used up, ended."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from sekisho.ground import ids
from sekisho.ground.clock import micros
from sekisho.ground.db import Database
from sekisho.ground.visitor import Visitor
from sekisho.records import activity, sessions, trust
from sekisho.records.activity import Kind
from tests.support.people import at_once
from tests.support.web_client import WINDOWS

pytestmark = [pytest.mark.spec("S2"), pytest.mark.attack("108")]
ACCOUNT, OTHER = 11, 12
POLICY = trust.Policy()


def visitor(device="", given="", agent=WINDOWS):
    return Visitor("203.0.113.7", agent, device=device, trust=given)


def trusted(db, account=ACCOUNT, before=""):
    """Sign in and trust the browser; return its two tokens."""

    def act(work):
        started = sessions.begin(work, account, ("totp",), visitor(before), sessions.Policy())
        return started.device_token, trust.give(
            work, account, started.device_token, visitor(), POLICY
        )

    return db.write("test", act)


def recognised(db, device, given, account=ACCOUNT):
    return trust.recognise(db, account, visitor(device, given)) is not None


def used(db, device, given, account=ACCOUNT):
    found = trust.recognise(db, account, visitor(device, given))
    assert found is not None
    return db.write("test", lambda work: trust.use(work, found))


def again_used(work, found):
    """As a sign-in does it."""
    return trust.use(work, found) if trust.is_still(work, found) else None


def live(db, account=ACCOUNT):
    return len(db.read(lambda work: trust.of_account(work, account)))


def test_a_trusted_browser_is_recognised_for_thirty_days(db, clock):
    device, given = trusted(db)
    clock.move(days=29, hours=23)
    assert recognised(db, device, given)
    clock.move(hours=1)
    assert not recognised(db, device, given)


def test_use_makes_the_token_new_and_the_thirty_days_no_longer(db, clock):
    device, given = trusted(db)
    for _ in range(29):
        clock.move(days=1)
        given = used(db, device, given)
    clock.move(days=1)
    assert not recognised(db, device, given)


@pytest.mark.parametrize(
    "alone",
    [
        pytest.param(lambda _, given: ("", given), id="the trust cookie alone"),
        pytest.param(lambda device, _: (device, ""), id="the device cookie alone"),
        pytest.param(lambda device, given: (device[:-1] + "~", given), id="another device secret"),
        pytest.param(
            lambda device, given: (device, given.replace("trd_", "dev_")), id="another prefix"
        ),
        pytest.param(lambda device, _: (device, device), id="the device's token as trust"),
    ],
)
def test_half_of_what_a_browser_holds_opens_nothing(db, alone):
    device, given = trusted(db)
    assert not recognised(db, *alone(device, given))
    assert recognised(db, device, given)


def test_the_tokens_in_another_kind_of_browser_open_nothing(db):
    device, given = trusted(db)
    moved = visitor(device, given, "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Firefox/130.0")
    assert None is trust.recognise(db, ACCOUNT, moved)
    assert recognised(db, device, given)


def test_the_trust_of_one_account_is_none_of_another_on_the_same_browser(db):
    device, given = trusted(db)
    trusted(db, OTHER, device)
    assert not recognised(db, device, given, OTHER)
    assert recognised(db, device, given)


def test_a_browser_holds_the_trust_of_several_accounts_and_drops_the_dead(db):
    device, first = trusted(db)
    _, second = trusted(db, OTHER, device)
    jar = trust.cookie(db, first, second)
    assert [second, first] == jar.split(".")
    assert (True, True) == (recognised(db, device, jar), recognised(db, device, jar, OTHER))
    db.write("test", lambda work: trust.end_all(work, ACCOUNT))
    _, third = trusted(db, OTHER, device)
    assert third == trust.cookie(db, jar, third)


def test_an_old_value_that_comes_back_ends_the_trust_and_is_told_once(db, clock):
    device, old = trusted(db)
    new = used(db, device, old)
    assert not recognised(db, device, old)
    assert not recognised(db, device, new)
    assert 0 == live(db)
    assert not recognised(db, device, old)
    seen = db.read(lambda work: activity.recent(work, ACCOUNT, since=clock.now(), most=50))
    assert {Kind.TRUST_ENDED, Kind.TRUST_GIVEN} == {event.kind for event in seen}
    assert 2 == len(seen)


def test_an_old_value_is_found_out_in_any_browser(db):
    device, old = trusted(db)
    new = used(db, device, old)
    trust.recognise(db, ACCOUNT, visitor("", old, "curl/8"))
    assert not recognised(db, device, new)


def test_of_two_who_use_one_value_at_once_one_gets_the_next(store, db, clock, chance):
    """Both were recognised before either used it: the other is asked for the second step."""
    device, given = trusted(db)
    nodes = [store.open(clock, chance) for _ in range(2)]
    found = [trust.recognise(node, ACCOUNT, visitor(device, given)) for node in nodes]
    assert None not in found

    def use(number):
        kept = found[number]
        token = nodes[number].write("test", lambda work: again_used(work, kept))
        nodes[number].store.close()
        return token

    tokens = [token for token in raced(2, use) if token is not None]
    assert 1 == len(tokens)
    assert recognised(db, device, tokens[0])


def raced(count, act):
    """Act in threads that close what they opened by themselves."""
    closed = SimpleNamespace(db=SimpleNamespace(store=SimpleNamespace(name="their own")))
    return at_once(count, act, closed)


def test_what_ended_meanwhile_is_not_used(db):
    device, given = trusted(db)
    found = trust.recognise(db, ACCOUNT, visitor(device, given))
    db.write("test", lambda work: trust.end_all(work, ACCOUNT))
    assert None is db.write("test", lambda work: again_used(work, found))


def test_a_browser_that_is_trusted_again_has_one_trust(db, clock):
    device, first = trusted(db)
    clock.move(days=20)
    _, second = trusted(db, before=device)
    assert 1 == live(db)
    clock.move(days=20)
    assert (False, True) == (recognised(db, device, first), recognised(db, device, second))


def test_ending_says_how_many_were_live(db, clock):
    device, _ = trusted(db)
    trusted(db)
    assert 1 == db.write(
        "test", lambda work: trust.end(work, ACCOUNT, sessions.device_of(device).id)
    )
    clock.move(days=31)
    trusted(db)
    trusted(db, OTHER)
    assert 1 == db.write("test", lambda work: trust.end_all(work, ACCOUNT))
    assert (0, 1) == (live(db), live(db, OTHER))


def test_an_unused_trust_goes_after_sixty_days(db: Database, clock):
    trusted(db)

    def sweep():
        edge = clock.now() - timedelta(days=60)
        return db.write("test", lambda work: trust.sweep(work, ids.floor(edge), micros(edge)))

    clock.move(days=60)
    assert (0, 1) == (sweep(), live(db))
    clock.move(seconds=1)
    assert (1, 0) == (sweep(), live(db))


def test_a_trust_of_no_days_is_not_given(db):
    none = trust.Policy(length=timedelta(0))
    given = db.write("test", lambda work: trust.give(work, ACCOUNT, "dev_x", visitor(), none))
    assert ("", 0) == (given, live(db))


def test_a_browser_that_is_forgotten_is_known_no_longer_by_the_same_token(db):
    device, _ = trusted(db)
    number = sessions.device_of(device).id
    policy = sessions.Policy()
    act = lambda work: sessions.forget(work, ACCOUNT, number, policy)  # noqa: E731
    assert 1 == db.write("test", act)
    assert None is db.write("test", act)
    assert None is db.read(lambda work: sessions.familiar_device(work, ACCOUNT, visitor(device)))
    assert [] == db.read(lambda work: sessions.devices(work, ACCOUNT))
