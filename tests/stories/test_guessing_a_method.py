"""Whoever guesses at a password, an app or a recovery code, or floods their doors."""

import time
from contextlib import ExitStack

import pytest

from sekisho.authenticators import password
from tests.support.enrolled import GOOD
from tests.support.people import at_once
from tests.support.signing import PASSWORD, WRONG, signing

KINDS = ("password", "totp", "recovery_code")
WRONG_OF = {"password": WRONG, "totp": "000000", "recovery_code": "22222-22222-22222-22222-22222"}
BOTH = pytest.mark.parametrize("kind", KINDS)


def guess(sign_in, kind, times=5):
    """Wrong answers at a kind in one flow; what they were told."""
    assert 201 == sign_in.asks(kind).status
    field = "password" if kind == "password" else "code"
    return [sign_in.gives(**{field: WRONG_OF[kind]}).code for _ in range(times)]


def right(person, kind):
    """The field and the value that would be right."""
    match kind:
        case "password":
            return {"password": PASSWORD}
        case "totp":
            return {"code": person.app_code()}
        case _:
            return {"code": person.code}


@pytest.mark.spec("C6", "F2")
@pytest.mark.attack("033", "001")
@BOTH
def test_strangers_close_one_kind_to_strangers_alone(equipped, kind):
    told = []
    for number in range(4):
        told += guess(equipped.elsewhere(f"198.18.{number}.7"), kind)
    assert (10, 10) == tuple(told.count(one) for one in ("code_wrong", "too_many_tries"))
    closed = equipped.elsewhere("198.18.20.7")
    assert 201 == closed.asks(kind).status
    refused = closed.gives(**right(equipped, kind))
    assert ("too_many_tries", True) == (refused.code, "retry_at" in refused.json)
    assert "Use another way" in refused.json["user_message"]
    home = equipped.at_home()
    assert 201 == home.asks(kind).status
    assert 200 == home.gives(**right(equipped, kind)).status
    others = [one for one in KINDS if one != kind]
    for other in others:
        free = equipped.elsewhere(f"198.18.30.{others.index(other)}")
        assert 201 == free.asks(other).status
        assert 200 == free.gives(**right(equipped, other)).status


@pytest.mark.spec("C6")
@pytest.mark.attack("033", "022")
@BOTH
def test_with_one_try_left_many_flows_at_once_compare_one(equipped, house, kind):
    flows = [equipped.elsewhere(f"198.18.{number}.7") for number in range(10)]
    for flow in flows:
        assert 201 == flow.asks(kind).status
    field = "password" if kind == "password" else "code"
    wrong = {field: WRONG_OF[kind]}
    told = [flows[number % 2].gives(**wrong).code for number in range(9)]
    assert ["code_wrong"] * 9 == told
    answers = at_once(8, lambda number: flows[number + 2].gives(**wrong).code, house)
    assert 1 == answers.count("code_wrong")


@pytest.mark.spec("C6")
@pytest.mark.attack("033")
def test_slow_guessing_over_months_stays_within_the_quarter(equipped, clock):
    told = []
    for day in range(100):
        clock.move(hours=24)
        told.append(guess(equipped.elsewhere(f"198.18.{day}.7"), "totp", 2))
    first = [one for day in told[:90] for one in day]
    assert 100 == first.count("code_wrong")
    assert {"code_wrong", "too_many_tries"} == set(first)


@pytest.mark.spec("C6", "M3", "N1")
@pytest.mark.attack("033")
def test_slow_guessing_behind_a_right_password_ends_at_a_hundred(strict, house, clock):
    """Three in 87 hours are under every budget; a right answer at home opens it again."""
    told = []
    for number in range(34):
        clock.move(hours=87)
        guessing = strict.elsewhere(f"198.18.{number}.7")
        told.append(second(guessing, "000000").code)
        told += [guessing.gives(code="000001").code for _ in range(2)]
    assert ["code_wrong"] * 100 + ["too_many_tries"] * 2 == told
    heard = [one.purpose for one in house.inbox.notices(strict.person.address)]
    assert 4 == heard.count("second_step_failed")  # at the first, and at 5, 20 and 50
    assert "too_many_tries" == second(strict.elsewhere(), strict.app_code()).code
    passed = second(strict.at_home(), strict.app_code())
    assert (200, "passed") == (passed.status, passed.json["state"])
    assert "code_wrong" == second(strict.elsewhere("198.18.200.7"), "000000").code


def second(sign_in, code):
    """A right password, and then a code of the app; what it was told."""
    assert "open" == sign_in.by_password().json["state"]
    return sign_in.by_code("totp", code)


@pytest.mark.spec("M10", "N1")
@pytest.mark.attack("085")
@pytest.mark.parametrize("second", ["totp", "recovery_code", "email_code"])
def test_a_right_password_with_a_wrong_second_proof_is_told_to_the_owner(strict, house, second):
    sign_in = strict.elsewhere()
    assert "open" == sign_in.by_password().json["state"]
    assert 201 == sign_in.asks(second).status
    for _ in range(3):
        assert "code_wrong" == sign_in.gives(code=WRONG_OF.get(second, "000000")).code
    told = [one.purpose for one in house.inbox.notices(strict.person.address)]
    assert 1 == told.count("second_step_failed")


@pytest.mark.spec("M10", "N1")
@pytest.mark.attack("085")
def test_failed_codes_and_passkeys_after_a_password_are_told_once_a_day(strict, house, clock):
    for number in range(4):
        sign_in = strict.elsewhere(f"198.18.{number}.7")
        assert "open" == sign_in.by_password().json["state"]
        assert 201 == sign_in.asks("email_code" if number % 2 else "passkey").status
        sign_in.gives(**({"code": "000000"} if number % 2 else {"credential": {}}))
    told = [one.purpose for one in house.inbox.notices(strict.person.address)]
    assert 1 == told.count("second_step_failed")
    clock.move(hours=24)
    sign_in = strict.elsewhere("198.18.9.7")
    assert "open" == sign_in.by_password().json["state"]
    assert 201 == sign_in.asks("passkey").status
    assert "invalid_input" == sign_in.gives(credential={}).code
    told = [one.purpose for one in house.inbox.notices(strict.person.address)]
    assert 2 == told.count("second_step_failed")


@pytest.mark.spec("C6", "M6")
@pytest.mark.attack("085")
def test_lists_of_stolen_passwords_from_many_addresses_stay_bounded(equipped, house, clock):
    """A pair each from an address of its own, at names with and without an account, for a day."""
    names = (equipped.person.address, "carol@example.org")
    told = {name: [] for name in names}
    for number in range(60):
        clock.move(minutes=20)
        for name in names:
            flow = signing(house.client(f"198.18.{number}.{len(name)}"), name)
            assert 201 == flow.asks("password").status
            told[name].append(flow.gives(password=f"{GOOD} {number}").code)
    assert [20, 20] == [one.count("code_wrong") for one in told.values()]
    assert told[names[0]] == told[names[1]]
    assert 200 == equipped.at_home().by_password().status


@pytest.mark.spec("M6", "M8")
@pytest.mark.attack("086")
def test_a_huge_password_is_refused_before_it_is_hashed(equipped):
    sign_in = equipped.elsewhere()
    assert 201 == sign_in.asks("password").status
    spent = []
    for length in (2**20, 2**16, 5000):
        began = time.perf_counter()
        assert sign_in.gives(password="x" * length).status in (413, 422)
        spent.append(time.perf_counter() - began)
    assert min(spent) < 0.05
    assert 200 == sign_in.gives(password=PASSWORD).status


@pytest.mark.spec("M6")
@pytest.mark.attack("086")
def test_a_full_line_of_hashes_charges_nobody_and_stops_no_other_kind(equipped, house):
    sign_in = equipped.elsewhere()
    assert 201 == sign_in.asks("password").status
    with ExitStack() as line:
        places = password.desk_of(house.built.means).pool
        while isinstance(line.enter_context(places.place(house.clock.now())), password.Place):
            pass
        for _ in range(12):
            refused = sign_in.gives(password=WRONG)
            assert (503, "unavailable") == (refused.status, refused.code)
            assert "retry_at" in refused.json
        assert 200 == equipped.elsewhere("198.18.1.2").by_passkey(equipped.key).status
        code = equipped.app_code()
        assert 200 == equipped.elsewhere("198.18.1.3").by_code("totp", code).status
    assert ["code_wrong"] * 4 == [sign_in.gives(password=WRONG).code for _ in range(4)]
    assert 200 == sign_in.gives(password=PASSWORD).status


@pytest.mark.spec("C11", "M6")
@pytest.mark.attack("088")
@pytest.mark.parametrize("other", ["nobody@example.org", "bare@example.org"])
def test_the_door_of_passwords_takes_the_same_work(equipped, house, other):
    """Known, unknown, and known without a password, in time of the processor.

    Only a gross difference (no hash) shows at this size; `tests.campaigns.timing` sees small ones.
    """
    house.make_account("bare@example.org")
    known = equipped.person.address
    seconds = {known: [], other: []}
    for number in range(12):
        for name in (known, other)[:: 1 if number % 2 else -1]:
            flow = signing(house.client(f"198.18.{number}.7"), name)
            began = time.process_time()
            assert 201 == flow.asks("password").status
            assert "code_wrong" == flow.gives(password=WRONG).code
            seconds[name].append(time.process_time() - began)
        house.clock.move(hours=5)
    pairs = sorted(one - two for one, two in zip(seconds[known], seconds[other], strict=True))
    assert abs(pairs[6]) < max(0.002, sorted(seconds[known])[6] / 4)


@pytest.mark.attack("085")
def test_whoever_owns_it_reads_which_kind_was_guessed(equipped):
    guess(equipped.elsewhere(), "password", 1)
    newest = equipped.person.events()[0]
    assert ("code_wrong", ["password"]) == (newest["kind"], newest["reasons"])
