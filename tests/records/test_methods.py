"""Methods in the store: begun, confirmed, used, removed; each step once, and seen everywhere."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sekisho.ground.db import METADATA, Unavailable, sql
from sekisho.ground.refusal import Reason, Refused
from sekisho.records import methods
from sekisho.records.methods import Full, Method, New, Policy, State, Tried, Used

ACCOUNT, OTHERS = 42, 43
POLICY = Policy()
NEW = New("totp", "Phone", b"sealed", b"beside")
THREADS = 16


def begin(db, account=ACCOUNT, new=NEW, most=2):
    return db.write("test", lambda work: methods.begin(work, account, work.new_id(), new, most))


def confirm(db, begun, counter=7, most=2):
    return db.write(
        "test",
        lambda work: methods.confirm(
            work, begun.account, begun.id, Used(counter, b"after"), POLICY, most=most
        ),
    )


def active(db, account=ACCOUNT, new=NEW):
    return confirm(db, begin(db, account, new))


def charge(db, method, account=ACCOUNT):
    return db.write("test", lambda work: methods.charge(work, account, method.id, POLICY))


def held(db, account=ACCOUNT):
    return db.read(lambda work: methods.of_account(work, account))


def find(db, method, account=ACCOUNT):
    return db.read(lambda work: methods.find(work, account, method.id))


def remove(db, method, account=ACCOUNT):
    return db.write("test", lambda work: methods.remove(work, account, method.id))


def at_once(count, act):
    """What `count` threads get that begin together."""
    barrier = threading.Barrier(count)

    def wait_and_act(number):
        barrier.wait()
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(wait_and_act, range(count)))


# --- beginning and confirming ---


@pytest.mark.attack("035")
def test_a_method_begins_pending_and_counts_when_confirmed(db, clock):
    begun = begin(db)
    assert [begun] == held(db)
    assert State.PENDING is begun.state
    now = clock.move(minutes=1)
    confirmed = confirm(db, begun)
    assert (State.ACTIVE, 7, b"after", now) == (
        confirmed.state,
        confirmed.counter,
        confirmed.public,
        confirmed.confirmed_at,
    )
    assert [confirmed] == held(db)


@pytest.mark.attack("035")
def test_of_a_kind_one_is_pending_and_it_is_the_newest(db):
    first, second = begin(db), begin(db, new=New("totp", "Tablet", b"other", None))
    passkey = begin(db, new=New("passkey", "Key", b"", None))
    theirs = begin(db, OTHERS)
    assert [second, passkey] == held(db)
    assert [theirs] == held(db, OTHERS)
    assert Refused(Reason.NOT_FOUND) == confirm(db, first)
    assert State.ACTIVE is confirm(db, second).state


@pytest.mark.attack("035")
def test_of_enrolments_begun_at_once_one_is_left(db):
    begun = at_once(THREADS, lambda _: begin(db))
    (left,) = held(db)
    assert left in begun


@pytest.mark.attack("035")
def test_of_ten_confirmations_at_once_one_passes(db):
    begun = begin(db)
    told = at_once(10, lambda _: confirm(db, begun))
    assert 1 == sum(isinstance(one, Method) for one in told)
    assert 9 == told.count(Refused(Reason.CODE_USED))
    assert 1 == len(held(db))


@pytest.mark.attack("035")
def test_an_enrolment_is_over_after_ten_minutes(db, clock):
    begun = begin(db)
    clock.move(minutes=10)
    assert Refused(Reason.FLOW_EXPIRED) == confirm(db, begun)
    assert Refused(Reason.FLOW_EXPIRED) == charge(db, begun)


@pytest.mark.spec("C6")
def test_an_enrolment_takes_five_tries(db):
    begun = begin(db)
    told = at_once(THREADS, lambda _: charge(db, begun))
    assert [1, 2, 3, 4, 5] == sorted(one.in_a_row for one in told if isinstance(one, Tried))
    assert Reason.TOO_MANY_TRIES is charge(db, begun).reason


def test_an_account_has_at_most_so_many_of_a_kind(db):
    for _ in range(2):
        active(db)
    assert Full("totp", 2) == begin(db)
    assert isinstance(begin(db, new=New("passkey", "Key", b"", None)), Method)


def begin_and_confirm(db):
    begun = begin(db)
    return confirm(db, begun) if isinstance(begun, Method) else begun


def test_at_most_so_many_are_active_however_many_come_at_once(db):
    """One that was begun before the last was confirmed may be left over, pending."""
    at_once(THREADS, lambda _: begin_and_confirm(db))
    for _ in range(3):
        begin_and_confirm(db)
    assert Full("totp", 2) == begin_and_confirm(db)
    assert 2 == sum(one.state is State.ACTIVE for one in held(db))


def test_a_confirmation_past_the_most_is_refused(db):
    active(db)
    begun = begin(db)
    assert Full("totp", 1) == confirm(db, begun, most=1)
    assert State.PENDING is find(db, begun).state


def test_a_method_takes_the_place_of_the_one_before(db):
    old, other = active(db), active(db, new=New("passkey", "Key", b"k", None))
    theirs = active(db, OTHERS)
    new = begin(db)
    told = db.write(
        "test", lambda work: methods.succeed(work, ACCOUNT, new.id, Used(0, None), POLICY)
    )
    assert State.ACTIVE is told.state
    assert [other, told] == held(db)
    assert [theirs] == held(db, OTHERS)
    assert Refused(Reason.NOT_FOUND) == charge(db, old)


def test_what_is_not_pending_takes_nobodys_place(db):
    old = active(db)
    told = db.write(
        "test", lambda work: methods.succeed(work, ACCOUNT, old.id, Used(0, None), POLICY)
    )
    assert Refused(Reason.CODE_USED) == told
    assert [old] == held(db)


# --- whose ---


@pytest.mark.attack("010", "106")
def test_another_accounts_method_is_not_found(db):
    theirs = active(db, OTHERS)
    absent = Refused(Reason.NOT_FOUND)
    assert None is find(db, theirs)
    assert absent == charge(db, theirs)
    assert absent == remove(db, theirs)
    assert absent == db.write(
        "test",
        lambda work: methods.confirm(work, ACCOUNT, theirs.id, Used(9, None), POLICY, most=2),
    )
    assert absent == db.write("test", lambda work: methods.rename(work, ACCOUNT, theirs.id, "Mine"))
    assert [theirs] == held(db, OTHERS)


def test_a_secret_is_sealed_for_one_row_of_one_account():
    owners = {methods.owner_of(account, method) for account in (1, 2) for method in (1, 2)}
    assert 4 == len(owners)


# --- failures in a row ---


@pytest.mark.spec("C6")
@pytest.mark.attack("033")
def test_failures_in_a_row_are_counted_exactly_at_once(db):
    method = active(db)
    told = at_once(THREADS, lambda _: charge(db, method))
    assert list(range(1, THREADS + 1)) == sorted(one.in_a_row for one in told)
    assert [5] == [one.in_a_row for one in told if one.is_told]
    assert THREADS == find(db, method).failures


@pytest.mark.attack("033")
def test_slow_guessing_for_months_is_told_thrice_and_closed_at_a_hundred(db, store, clock):
    """One guess every 29 hours, under every hourly and daily limit, over 121 days and restarts."""
    method = active(db)
    told = []
    for _ in range(100):
        assert methods.is_open_to_strangers(find(db, method), POLICY)
        node = store.open(clock)
        told.append(charge(node, method))
        node.store.close()
        clock.move(hours=29)
    assert [5, 20, 50] == [one.in_a_row for one in told if one.is_told]
    assert not methods.is_open_to_strangers(find(db, method), POLICY)


@pytest.mark.attack("033", "106")
def test_an_operator_opens_the_methods_of_one_account(db):
    mine, theirs = active(db), active(db, OTHERS)
    for account, method in ((ACCOUNT, mine), (OTHERS, theirs)):
        charge(db, method, account)
    db.write("test", lambda work: methods.reopen(work, ACCOUNT))
    assert [0, 1] == [held(db, account)[0].failures for account in (ACCOUNT, OTHERS)]


@pytest.mark.spec("F2")
@pytest.mark.attack("033")
def test_a_right_answer_breaks_the_row_and_opens_the_method_again(db, clock):
    method = active(db)
    for _ in range(100):
        charge(db, method)
    now = clock.move(minutes=1)
    db.write("test", lambda work: methods.advance(work, method.id, Used(8, b"x")))
    found = find(db, method)
    assert (0, 8, b"x", now) == (found.failures, found.counter, found.public, found.last_used_at)
    assert methods.is_open_to_strangers(found, POLICY)
    assert Tried(1, is_told=False) == charge(db, method)


# --- using ---


@pytest.mark.attack("029")
@pytest.mark.parametrize("counter", [0, 6, 7])
def test_a_step_that_is_not_above_the_last_one_is_never_written(db, counter):
    method = active(db)
    with pytest.raises(Unavailable):
        db.write("test", lambda work: methods.advance(work, method.id, Used(counter, None)))
    assert method == find(db, method)


@pytest.mark.attack("029")
def test_of_many_who_use_one_step_one_writes_it(db):
    method = active(db)

    def use(work):
        found = methods.find(work, ACCOUNT, method.id)
        if found.counter >= 8:
            return False
        methods.advance(work, method.id, Used(8, None))
        return True

    assert 1 == sum(at_once(THREADS, lambda _: db.write("test", use)))


@pytest.mark.attack("036")
def test_a_secret_is_exchanged_only_from_the_count_that_was_read(db):
    method = active(db)
    changed = Method(
        id=method.id,
        account=ACCOUNT,
        kind=method.kind,
        name=method.name,
        state=State.ACTIVE,
        sealed=b"new",
        public=b"old",
        counter=8,
        failures=0,
        created_at=method.created_at,
    )
    db.write("test", lambda work: methods.exchange(work, 7, changed))
    found = find(db, method)
    assert (b"new", b"old", 8) == (found.sealed, found.public, found.counter)
    with pytest.raises(Unavailable):
        db.write("test", lambda work: methods.exchange(work, 7, changed))


def test_a_use_is_kept_with_its_moment(db, clock):
    method = active(db)
    charge(db, method)
    now = clock.move(days=3)
    db.write("test", lambda work: methods.touch(work, method.id))
    found = find(db, method)
    assert (now, 0, 7) == (found.last_used_at, found.failures, found.counter)


@pytest.mark.attack("035")
def test_a_pending_method_is_not_used(db):
    begun = begin(db)
    for use in (
        lambda work: methods.touch(work, begun.id),
        lambda work: methods.advance(work, begun.id, Used(9, None)),
        lambda work: methods.exchange(work, 0, begun),
    ):
        with pytest.raises(Unavailable):
            db.write("test", use)
    assert [begun] == held(db)


def test_a_method_is_given_another_name(db):
    method = active(db)
    db.write("test", lambda work: methods.rename(work, ACCOUNT, method.id, "New phone"))
    assert "New phone" == find(db, method).name


# --- removing ---


@pytest.mark.attack("044")
def test_what_an_account_has_is_seen_on_every_node_at_once(db, store, clock):
    other = store.open(clock)
    method = active(db)
    assert [method] == held(other)
    remove(other, method)
    assert [] == held(db)
    assert Refused(Reason.NOT_FOUND) == charge(db, method)
    other.store.close()


@pytest.mark.attack("044")
def test_no_column_keeps_what_an_account_can_prove():
    """An assurance level is worked out from the live methods and is nowhere to go stale.

    Whether the owner wants two proofs, and since when, is his choice and no level.
    """
    words = ("assurance", "aal", "acr", "amr", "factor", "level", "two_step")
    columns = {
        f"{table.name}.{column.name}"
        for table in METADATA.sorted_tables
        for column in table.columns
    }
    assert "method.state" in columns
    found = {name for name in columns if any(word in name for word in words)}
    assert {"account.two_step", "account.two_step_at"} == found


def test_of_many_removals_at_once_one_is_done(db):
    method = active(db)
    told = at_once(THREADS, lambda _: remove(db, method))
    assert [method] == [one for one in told if isinstance(one, Method)]


@pytest.mark.attack("034")
@pytest.mark.parametrize("make", [begin, active])
def test_with_its_removal_a_methods_secret_is_gone(db, make):
    method = make(db)
    remove(db, method)
    assert [(b"", None)] == raw(db, "SELECT sealed, public FROM method")


def test_a_removed_method_is_kept_for_thirty_days(db, clock):
    remove(db, active(db))
    kept = active(db)
    assert 0 == sweep(db, clock, days=30)
    assert 1 == sweep(db, clock, seconds=1)
    assert [kept] == held(db)
    assert [(kept.id,)] == raw(db, "SELECT id FROM method")


def test_an_enrolment_that_nobody_confirmed_is_swept(db, clock):
    begin(db)
    assert 0 == sweep(db, clock, minutes=20)
    assert 1 == sweep(db, clock, seconds=1)
    assert [] == raw(db, "SELECT id FROM method")


def sweep(db, clock, **later):
    clock.move(**later)
    return db.write("test", lambda work: methods.sweep(work, POLICY))


def raw(db, query):
    return db.read(lambda work: work.all(sql(query)))
