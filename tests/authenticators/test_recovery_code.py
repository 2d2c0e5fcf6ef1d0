"""Recovery codes in the store: made, typed back, used once and replaced in the same step."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sekisho.authenticators import recovery_code
from sekisho.authenticators.recovery_code import Made, read_code, verify
from sekisho.authenticators.rules import Verdict
from sekisho.ground.refusal import Reason, Refused
from sekisho.records import methods
from sekisho.records.methods import Method, State

ACCOUNT, OTHERS = 42, 43
WAITS = methods.Policy()
THREADS = 64


class Crash(Exception):
    pass


def begin(db, account=ACCOUNT):
    return db.write("test", lambda work: recovery_code.begin(work, account))


def confirm(db, made, typed, account=ACCOUNT):
    return db.write(
        "test", lambda work: recovery_code.confirm(work, account, made.method, typed, WAITS)
    )


def save(db, account=ACCOUNT):
    made = begin(db, account)
    assert State.ACTIVE is confirm(db, made, made.code[-5:], account).state
    return made


def load(db, method, account=ACCOUNT):
    return db.read(lambda work: recovery_code.load(work, account, method))


def conclude(db, kept, verdict):
    def act(work):
        found = recovery_code.right(work, kept, verdict)
        return found if isinstance(found, Refused) else recovery_code.renew(work, found)

    return db.write("test", act)


def use(db, made, typed):
    """Charge, load, compare, conclude, as journeys do."""
    db.write("test", lambda work: methods.charge(work, ACCOUNT, made.method, WAITS))
    kept = load(db, made.method)
    return conclude(db, kept, verify(db.keys, kept, typed))


def held(db, account=ACCOUNT):
    return db.read(lambda work: methods.of_account(work, account))


def at_once(count, act):
    barrier = threading.Barrier(count)

    def wait_and_act(number):
        barrier.wait()
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(wait_and_act, range(count)))


# --- making one ---


@pytest.mark.spec("M7")
def test_a_code_counts_when_its_last_group_was_typed_back(db):
    made = begin(db)
    assert 29 == len(made.code)
    assert isinstance(read_code(made.code), str)
    assert None is load(db, made.method)
    assert Refused(Reason.CODE_WRONG) == confirm(db, made, "22222")
    assert Refused(Reason.INVALID_INPUT) == confirm(db, made, "2222")
    assert State.ACTIVE is confirm(db, made, f" {made.code[-5:].lower()} ").state
    assert None is not load(db, made.method)


@pytest.mark.spec("M7")
def test_the_whole_code_may_be_typed_back_too(db):
    made = begin(db)
    assert State.ACTIVE is confirm(db, made, made.code).state


@pytest.mark.spec("M7")
def test_a_new_code_takes_the_old_ones_place_when_it_is_confirmed(db):
    old = save(db)
    new = begin(db)
    assert None is not load(db, old.method)
    confirm(db, new, new.code[-5:])
    assert [new.method] == [one.id for one in held(db)]
    assert None is load(db, old.method)


@pytest.mark.attack("036")
def test_of_codes_made_at_once_one_can_be_confirmed(db):
    made = at_once(8, lambda _: begin(db))
    told = [confirm(db, one, one.code[-5:]) for one in made]
    assert 1 == sum(isinstance(one, Method) for one in told)
    assert 1 == len(held(db))


def test_a_second_confirmation_is_told_so(db):
    made = save(db)
    assert Refused(Reason.CODE_USED) == confirm(db, made, made.code[-5:])


def test_a_code_that_was_not_confirmed_in_time_is_over(db, clock):
    made = begin(db)
    clock.move(minutes=10)
    assert Refused(Reason.FLOW_EXPIRED) == confirm(db, made, made.code[-5:])


@pytest.mark.attack("010", "106")
def test_another_accounts_code_is_none(db):
    theirs = save(db, OTHERS)
    waiting = begin(db, OTHERS)
    assert None is load(db, theirs.method)
    assert Refused(Reason.NOT_FOUND) == confirm(db, waiting, waiting.code[-5:])


def test_a_method_of_another_kind_is_no_code(db):
    made = db.write(
        "test",
        lambda work: methods.begin(
            work, ACCOUNT, work.new_id(), methods.New("passkey", "Key", b"", None), 9
        ),
    )
    assert None is load(db, made.id)
    told = db.write(
        "test", lambda work: recovery_code.confirm(work, ACCOUNT, made.id, "22222", WAITS)
    )
    assert Refused(Reason.NOT_FOUND) == told


# --- using it ---


@pytest.mark.spec("M7")
@pytest.mark.attack("036")
def test_a_code_is_used_once_and_replaced_by_a_new_one(db, clock):
    first = save(db)
    now = clock.move(days=100)
    second = use(db, first, first.code.replace("-", " ").lower())
    assert isinstance(second, Made)
    assert (first.method, now) == (second.method, second.at)
    assert Refused(Reason.CODE_USED) == use(db, first, first.code)
    third = use(db, first, second.code)
    assert isinstance(third, Made)
    assert 3 == len({first.code, second.code, third.code})
    (row,) = held(db)
    assert (2, now) == (row.counter, row.last_used_at)


@pytest.mark.spec("M7")
@pytest.mark.attack("036", "002")
@pytest.mark.parametrize("round_number", range(3))
def test_of_64_right_answers_at_once_one_passes(db, round_number):
    made = save(db)
    kept = load(db, made.method)
    told = at_once(THREADS, lambda _: conclude(db, kept, verify(db.keys, kept, made.code)))
    (new,) = [one for one in told if isinstance(one, Made)]
    assert THREADS - 1 == told.count(Refused(Reason.CODE_USED))
    assert Verdict.RIGHT is verify(db.keys, load(db, made.method), new.code)


@pytest.mark.attack("036")
@pytest.mark.parametrize(
    ("stop", "verdict"), [("before", Verdict.RIGHT), ("after", Verdict.EARLIER)]
)
def test_a_crash_leaves_the_old_code_or_the_new_one_and_never_neither(db, stop, verdict):
    made = save(db)
    kept = load(db, made.method)

    def crash(step):
        if step == f"test:{stop}":
            raise Crash

    db.step = crash
    with pytest.raises(Crash):
        conclude(db, kept, Verdict.RIGHT)
    db.step = lambda _: None
    assert verdict is verify(db.keys, load(db, made.method), made.code)


@pytest.mark.attack("036")
@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        (Verdict.WRONG, Reason.CODE_WRONG),
        (Verdict.EARLIER, Reason.CODE_USED),
        (Verdict.UNREADABLE, Reason.INVALID_INPUT),
    ],
)
def test_what_was_not_right_uses_nothing_up(db, verdict, reason):
    made = save(db)
    assert Refused(reason) == conclude(db, load(db, made.method), verdict)
    assert 0 == held(db)[0].counter


@pytest.mark.attack("036", "044")
def test_a_code_that_was_removed_opens_nothing_even_when_it_was_judged_before(db):
    made = save(db)
    kept = load(db, made.method)
    db.write("test", lambda work: methods.remove(work, ACCOUNT, made.method))
    assert Refused(Reason.NOT_FOUND) == conclude(db, kept, verify(db.keys, kept, made.code))


@pytest.mark.spec("M7")
@pytest.mark.attack("027", "036")
def test_the_store_holds_no_code_and_after_confirmation_not_even_a_group(db):
    made = begin(db)
    assert 32 == len(held(db)[0].public)
    confirm(db, made, made.code[-5:])
    (row,) = held(db)
    assert (32, None) == (len(row.sealed), row.public)
    assert made.code not in repr((made, row, load(db, made.method)))
