"""TOTP in the store: enrolled with a seed of ours, proved once, each step used once."""

import base64
import inspect
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pyotp
import pytest

from sekisho.authenticators import totp
from sekisho.authenticators.code import read_code
from sekisho.authenticators.rules import Verdict
from sekisho.authenticators.totp import Algorithm, Person, Policy, Right, SeedLost
from sekisho.ground.chance import SystemChance
from sekisho.ground.refusal import Reason, Refused
from sekisho.records import methods
from sekisho.records.methods import Full, Method, State, Tried
from tests.support.material import draw_keys

ACCOUNT, OTHERS = 42, 43
POLICY, WAITS = Policy(), methods.Policy()
ASHA = Person("Example", "asha@example.com")
THREADS = 16


def begin(db, account=ACCOUNT, policy=POLICY):
    return db.write("test", lambda work: totp.begin(work, account, "Phone", ASHA, policy, WAITS))


def app(begun):
    """A foreign app that scanned the code."""
    return pyotp.parse_uri(begun.uri)


def load(db, begun, account=ACCOUNT):
    return db.read(lambda work: totp.load(work, account, begun.method))


def judge(db, begun, typed):
    """Charge, load and compare, as journeys do."""
    counted = db.write("test", lambda work: methods.charge(work, ACCOUNT, begun.method, WAITS))
    assert isinstance(counted, Tried)
    phone = load(db, begun)
    return phone, totp.verify(phone, read_code(typed, phone.marks.digits), db.clock.now(), 1)


def confirm(db, begun, typed, policy=POLICY):
    phone, judged = judge(db, begun, typed)
    return db.write("test", lambda work: totp.confirm(work, phone, judged, policy, WAITS))


def answer(db, begun, typed):
    phone, judged = judge(db, begun, typed)
    return db.write("test", lambda work: totp.conclude(work, phone, judged))


def enrol(db, policy=POLICY):
    begun = begin(db, policy=policy)
    assert State.ACTIVE is confirm(db, begun, app(begun).at(db.clock.now()), policy).state
    return begun


def held(db, account=ACCOUNT):
    return db.read(lambda work: methods.of_account(work, account))


def at_once(count, act):
    barrier = threading.Barrier(count)

    def wait_and_act(number):
        barrier.wait()
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(wait_and_act, range(count)))


# --- enrolling ---


@pytest.mark.spec("M3")
@pytest.mark.parametrize(
    "policy",
    [
        Policy(),
        Policy(algorithm=Algorithm.SHA256, digits=8),
        Policy(algorithm=Algorithm.SHA256),
        Policy(digits=8),
    ],
    ids=lambda policy: f"{policy.algorithm}-{policy.digits}",
)
def test_a_foreign_app_enrols_and_signs_in(db, clock, policy):
    begun = enrol(db, policy)
    for _ in range(3):
        now = clock.move(seconds=30)
        assert isinstance(answer(db, begun, app(begun).at(now)), Method)
    assert now == held(db)[0].last_used_at


@pytest.mark.spec("M3")
def test_the_typed_secret_gives_the_same_codes_as_the_picture(db, clock):
    begun = begin(db)
    typed = pyotp.TOTP(begun.secret.replace(" ", "").lower())
    assert app(begun).at(clock.now()) == typed.at(clock.now())


@pytest.mark.attack("034", "035")
def test_the_seed_is_drawn_here_with_160_bits_and_nobody_can_choose_it(db):
    seeds = {secret(begin(db)) for _ in range(50)}
    assert 50 == len(seeds)
    assert {20} == {len(seed) for seed in seeds}
    assert ["work", "account", "name", "person", "policy", "waits"] == list(
        inspect.signature(totp.begin).parameters
    )


@pytest.mark.attack("015")
def test_the_system_draws_seeds_apart_on_every_node(store, clock):
    nodes = [store.open(clock, SystemChance()) for _ in range(2)]
    seeds = {secret(begin(node)) for node in nodes for _ in range(20)}
    assert 40 == len(seeds)
    for node in nodes:
        node.store.close()


@pytest.mark.attack("035")
def test_without_a_right_code_nothing_is_active(db, clock):
    begun = begin(db)
    wrong = app(begun).at(clock.now() + timedelta(hours=5))
    assert Refused(Reason.CODE_WRONG) == confirm(db, begun, wrong)
    assert Refused(Reason.INVALID_INPUT) == confirm(db, begun, "no code")
    assert State.PENDING is held(db)[0].state
    assert Refused(Reason.NOT_FOUND) == answer(db, begun, app(begun).at(clock.now()))


@pytest.mark.attack("035")
def test_a_pending_method_is_confirmed_by_its_own_codes_alone(db, clock):
    first, second = begin(db), begin(db)
    assert None is load(db, first)
    assert Refused(Reason.CODE_WRONG) == confirm(db, second, app(first).at(clock.now()))
    assert State.ACTIVE is confirm(db, second, app(second).at(clock.now())).state


@pytest.mark.attack("035")
def test_of_ten_confirmations_at_once_one_passes(db, clock):
    begun = begin(db)
    phone = load(db, begun)
    right = totp.verify(phone, app(begun).at(clock.now()), clock.now(), 1)
    told = at_once(
        10,
        lambda _: db.write("test", lambda work: totp.confirm(work, phone, right, POLICY, WAITS)),
    )
    assert 1 == sum(isinstance(one, Method) for one in told)
    assert [Refused(Reason.CODE_USED)] * 9 == [one for one in told if isinstance(one, Refused)]


def test_an_account_has_two_apps_so_that_the_new_one_comes_first(db):
    old, new = enrol(db), enrol(db)
    assert Full("totp", 2) == begin(db)
    db.write("test", lambda work: methods.remove(work, ACCOUNT, old.method))
    assert [new.method] == [one.id for one in held(db)]
    assert not isinstance(begin(db), Full)


def test_an_enrolment_removed_meanwhile_is_not_confirmed(db, clock):
    begun = begin(db)
    phone = load(db, begun)
    right = totp.verify(phone, app(begun).at(clock.now()), clock.now(), 1)
    db.write("test", lambda work: methods.remove(work, ACCOUNT, begun.method))
    told = db.write("test", lambda work: totp.confirm(work, phone, right, POLICY, WAITS))
    assert Refused(Reason.NOT_FOUND) == told


# --- answering ---


@pytest.mark.spec("M3")
@pytest.mark.attack("029")
def test_the_code_that_confirmed_signs_nobody_in(db, clock):
    begun = enrol(db)
    code = app(begun).at(clock.now())
    assert Refused(Reason.CODE_USED) == answer(db, begun, code)
    clock.move(seconds=1)
    assert Refused(Reason.CODE_USED) == answer(db, begun, code)


@pytest.mark.spec("M3")
@pytest.mark.attack("029", "002")
@pytest.mark.parametrize("round_number", range(3))
def test_of_many_right_answers_at_once_one_passes(db, clock, round_number):
    begun = enrol(db)
    now = clock.move(minutes=1)
    phone = load(db, begun)
    right = totp.verify(phone, app(begun).at(now), now, 1)
    told = at_once(
        THREADS, lambda _: db.write("test", lambda work: totp.conclude(work, phone, right))
    )
    assert 1 == sum(isinstance(one, Method) for one in told)
    assert THREADS - 1 == told.count(Refused(Reason.CODE_USED))


@pytest.mark.attack("029")
def test_two_nodes_accept_a_step_once_between_them(db, store, clock):
    begun = enrol(db)
    other = store.open(clock)
    code = app(begun).at(clock.move(minutes=1))
    assert isinstance(answer(other, begun, code), Method)
    assert Refused(Reason.CODE_USED) == answer(db, begun, code)
    other.store.close()


@pytest.mark.attack("029")
def test_an_older_step_does_not_pass_after_a_newer_one_that_was_judged_later(db, clock):
    """Both were compared before either was concluded."""
    begun = enrol(db)
    now = clock.move(minutes=5)
    phone = load(db, begun)
    older, newer = (
        totp.verify(phone, app(begun).at(now + timedelta(seconds=off)), now, 1) for off in (0, 30)
    )
    conclude = totp.conclude
    assert isinstance(db.write("test", lambda work: conclude(work, phone, newer)), Method)
    told = db.write("test", lambda work: conclude(work, phone, older))
    assert Refused(Reason.CODE_USED) == told


@pytest.mark.attack("031")
@pytest.mark.parametrize("off", range(-3, 4))
def test_codes_of_one_step_around_are_right(db, clock, off):
    begun = enrol(db)
    now = clock.move(hours=1)
    told = answer(db, begun, app(begun).at(now + off * timedelta(seconds=30)))
    assert isinstance(told, Method) is (abs(off) <= 1)


@pytest.mark.spec("M3")
def test_drift_is_kept_from_one_sign_in_to_the_next(db, clock):
    """A phone that is 50 seconds ahead and then goes 80 seconds ahead stays in."""
    begun = enrol(db)
    for ahead in (50, 50, 80, 80, 80):
        now = clock.move(hours=1)
        told = answer(db, begun, app(begun).at(now.replace(second=0) + timedelta(seconds=ahead)))
        assert isinstance(told, Method)
    assert timedelta(seconds=60) == Right(0, load(db, begun).marks).drift


@pytest.mark.attack("010")
def test_an_app_of_one_account_opens_no_other(db, clock):
    mine, theirs = enrol(db), begin(db, OTHERS)
    assert None is load(db, theirs)
    assert None is load(db, mine, OTHERS)
    clock.move(minutes=1)
    assert Refused(Reason.CODE_WRONG) == answer(db, mine, app(theirs).at(clock.now()))


def test_a_method_of_another_kind_is_no_app(db):
    made = db.write(
        "test",
        lambda work: methods.begin(
            work, ACCOUNT, work.new_id(), methods.New("passkey", "Key", b"", None), 9
        ),
    )
    assert None is db.read(lambda work: totp.load(work, ACCOUNT, made.id))


@pytest.mark.attack("044")
def test_a_removed_app_opens_nothing_even_when_it_was_judged_before(db, clock):
    begun = enrol(db)
    phone, right = judge(db, begun, app(begun).at(clock.move(minutes=1)))
    assert isinstance(right, Right)
    db.write("test", lambda work: methods.remove(work, ACCOUNT, begun.method))
    assert None is load(db, begun)
    told = db.write("test", lambda work: totp.conclude(work, phone, right))
    assert Refused(Reason.NOT_FOUND) == told


@pytest.mark.spec("C6")
@pytest.mark.attack("033")
def test_a_right_code_clears_the_row_of_wrong_ones(db, clock):
    begun = enrol(db)
    for _ in range(7):
        assert Refused(Reason.CODE_WRONG) == answer(db, begun, "000000")
    assert 7 == held(db)[0].failures
    answer(db, begun, app(begun).at(clock.move(minutes=1)))
    assert 0 == held(db)[0].failures


# --- the seed stays sealed ---


@pytest.mark.attack("034")
def test_the_store_holds_no_seed_and_nothing_gives_it_back(db, store):
    begun = enrol(db)
    (row,) = held(db)
    assert secret(begun) not in row.sealed
    assert secret(begun) not in (row.public or b"")
    shown = repr((begun, row, load(db, begun)))
    for form in (begun.secret, begun.secret.replace(" ", ""), secret(begun).hex()):
        assert form not in shown


@pytest.mark.attack("034")
def test_a_seed_that_was_moved_to_another_row_or_key_does_not_open(db):
    begun = begin(db)
    (row,) = held(db)
    for account, method in ((ACCOUNT, begun.method + 1), (OTHERS, begun.method)):
        owner = methods.owner_of(account, method)
        assert None is db.keys.unseal("totp/v1", row.sealed, owner)
    db.keys = draw_keys(8)
    with pytest.raises(SeedLost):
        load(db, begun)


def secret(begun):
    return base64.b32decode(parse_qs(urlsplit(begun.uri).query)["secret"][0])


# --- the picture ---


@pytest.mark.spec("M3")
def test_the_picture_stands_in_a_page_under_the_strictest_policy():
    drawn = totp.draw("otpauth://totp/x?secret=A", 'Picture "of" <Example> & more')
    assert "style" not in drawn
    root = ET.fromstring(drawn)
    assert {"svg", "title", "path"} == {node.tag for node in root.iter()}
    assert 'Picture "of" <Example> & more' == root.findtext("title")
    assert "qr" == root.get("class")
    assert {"viewBox", "class"} == set(root.keys())


def test_a_longer_name_makes_a_larger_picture_and_never_fails(db):
    person = Person("Example" * 9, "x" * 64 + "@" + "y" * 180 + ".example")
    begun = db.write("test", lambda work: totp.begin(work, 1, "Phone", person, POLICY, WAITS))
    assert "<svg" in totp.draw(begun.uri, "x")


def test_what_was_judged_wrong_concludes_nothing(db):
    phone = load(db, enrol(db))
    for verdict, reason in (
        (Verdict.WRONG, Reason.CODE_WRONG),
        (Verdict.EARLIER, Reason.CODE_USED),
        (Verdict.UNREADABLE, Reason.INVALID_INPUT),
    ):
        told = db.write("test", lambda work, v=verdict: totp.conclude(work, phone, v))
        assert Refused(reason) == told
