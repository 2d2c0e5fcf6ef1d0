"""Whoever guesses: what is compared stays within the budgets, however it is tried."""

import pytest

from tests.support.people import at_once, begin, compared, wrong

pytestmark = pytest.mark.spec("C6")
THREADS = 64


def guesses(attempt, count, code="000000"):
    """Wrong guesses, each another code."""
    return [attempt.type(wrong(code, by)) for by in range(1, count + 1)]


def spend_the_hour(house, address):
    """Ten wrong guesses by strangers, in two flows."""
    for number in range(2):
        attempt = begin(house.client(f"203.0.113.{number}"), address)
        attempt.ask()
        assert 5 == compared(guesses(attempt, 5))


@pytest.mark.spec("C3")
@pytest.mark.attack("002")
@pytest.mark.parametrize("round_number", range(3))
def test_of_64_right_answers_at_once_exactly_one_passes(house, asha, round_number):
    attempt = asha.asks_for_a_code()
    code = house.inbox.code()
    answers = at_once(THREADS, lambda _: attempt.type(code), house)
    told = sorted(str(one.code) for one in answers if one.status != 200)
    assert 1 == sum(one.status == 200 for one in answers)
    assert set(told) <= {"code_used", "too_many_tries"}
    asha.signs_in()
    assert 2 == len(asha.gets("/api/v1/sessions").json["data"])


@pytest.mark.attack("002")
def test_a_right_answer_among_many_passes_beside_wrong_ones(house, asha):
    """Right and wrong at once: never two sessions, never more than five compared."""
    attempt = asha.asks_for_a_code()
    code = house.inbox.code()
    typed = [code if number % 4 == 0 else wrong(code, number) for number in range(32)]
    answers = at_once(32, lambda number: attempt.type(typed[number]), house)
    assert sum(one.status == 200 for one in answers) <= 1
    assert compared(answers) <= 5


@pytest.mark.parametrize("round_number", range(3))
def test_of_32_guesses_at_one_code_at_once_exactly_five_are_compared(house, asha, round_number):
    attempt = asha.asks_for_a_code()
    code = house.inbox.code()
    answers = at_once(32, lambda number: attempt.type(wrong(code, number + 1)), house)
    assert {"code_wrong": 5, "too_many_tries": 27} == {
        told: sum(one.code == told for one in answers) for told in {one.code for one in answers}
    }


@pytest.mark.attack("022")
def test_with_one_try_left_a_burst_compares_one(house, asha):
    attempt = asha.asks_for_a_code()
    code = house.inbox.code()
    guesses(attempt, 4, code)
    answers = at_once(THREADS, lambda number: attempt.type(wrong(code, number + 9)), house)
    assert 1 == compared(answers)
    assert "too_many_tries" == attempt.type(code).code


@pytest.mark.attack("022", "001")
def test_with_one_try_left_in_the_hour_flows_at_once_compare_one(house, asha):
    """The budget is the account's: nine are spent, and sixteen flows guess at the same moment."""
    flows = [begin(house.client(f"198.18.{n}.7"), asha.address) for n in range(16)]
    for flow in flows:
        assert 201 == flow.ask().status
    guesses(flows[0], 5)
    guesses(flows[1], 4)
    answers = at_once(16, lambda n: flows[n].type("000001"), house)
    assert 1 == compared(answers)


@pytest.mark.attack("001")
def test_many_sessions_and_sources_compare_no_more_than_the_hour_allows(house, asha):
    flows = [begin(house.client(f"198.18.{n}.7"), asha.address) for n in range(60)]
    for flow in flows:
        assert 201 == flow.ask().status
    answers = [answer for flow in flows for answer in guesses(flow, 3)]
    assert 10 == compared(answers)
    (blocked,) = [one for one in house.inbox.notices() if one.purpose == "guesses_blocked"]
    assert asha.address == blocked.to


@pytest.mark.attack("004")
def test_a_new_code_brings_no_new_tries(house, asha, clock):
    attempt = begin(house.api, asha.address)
    total = 0
    for pause in (0, 30, 60, 120, 300):
        clock.move(seconds=pause)
        attempt.ask()
        total += compared(guesses(attempt, 4))
        if attempt.asked[-1].json["digits"] == 8:
            break
    assert 8 + 2 <= total <= 12  # ten with six digits; then the code has eight


@pytest.mark.attack("004")
def test_past_the_hours_budget_codes_grow_and_the_owner_still_gets_in(house, asha):
    spend_the_hour(house, asha.address)
    attempt = asha.asks_for_a_code()
    assert 8 == attempt.asked[0].json["digits"]
    assert 8 == len(house.inbox.code(asha.address))
    assert 200 == asha.types(house.inbox.code(asha.address)).status


def test_past_the_hours_budget_a_short_code_is_compared_no_more(house, asha):
    waiting = asha.asks_for_a_code()
    code = house.inbox.code()
    spend_the_hour(house, asha.address)
    answer = waiting.type(code)
    assert (429, "too_many_tries") == (answer.status, answer.code)


@pytest.mark.spec("F2")
def test_a_familiar_browser_has_its_own_budget(house, asha, clock):
    asha.signs_in()
    clock.move(hours=2)
    spend_the_hour(house, asha.address)
    attempt = asha.asks_for_a_code()
    assert 6 == attempt.asked[0].json["digits"]
    assert 200 == asha.types(house.inbox.code(asha.address)).status


@pytest.mark.spec("F2")
def test_a_familiar_browsers_guesses_are_bounded_too(house, asha, clock):
    asha.signs_in()
    total = 0
    for _ in range(5):
        clock.move(minutes=10)
        attempt = asha.asks_for_a_code()
        total += compared(
            attempt.type(wrong(house.inbox.code(), by), asha.device) for by in range(1, 6)
        )
    assert 20 == total


def test_a_right_answer_gives_back_its_own_charge_alone(house, asha, clock):
    """Nine wrong, one right: the tenth try is still there, and not one more."""
    for number in range(2):
        attempt = begin(house.client(f"203.0.113.{number}"), asha.address)
        attempt.ask()
        guesses(attempt, 5 - number)
    asha.signs_in()
    asha.device = ""
    clock.move(seconds=30)
    attempt = asha.asks_for_a_code()
    answers = guesses(attempt, 2, house.inbox.code())
    assert ["code_wrong", "too_many_tries"] == [one.code for one in answers]


def test_counts_survive_a_restart(build_house, store, clock, house, asha):
    spend_the_hour(house, asha.address)
    after = store.open(clock)
    again = begin(build_house(over=after).client(), asha.address)
    assert 8 == again.ask().json["digits"]
    after.store.close()


@pytest.mark.attack("018", "075", "076")
def test_every_spelling_of_a_name_shares_one_budget(house, asha):
    spellings = [
        "asha@example.org",
        "ASHA@EXAMPLE.ORG",
        "Asha@Example.Org",
        " asha@example.org",
        "asha@example.org\u3000",
        "\u200basha@example.org",
        "ａｓｈａ@example.org",
        "asha＠example.org",
        "asha@ｅｘａｍｐｌｅ.org",
        "asha@example。org",
        "\ufeffasha@example.org",
        "aSHa@exAMPLE.org",
    ]
    total = 0
    for number, spelling in enumerate(spellings):
        attempt = begin(house.client(f"198.18.{number}.7"), spelling)
        if attempt.ask().json["digits"] == 6:
            total += compared(guesses(attempt, 5))
    assert 10 == total


@pytest.mark.attack("019")
def test_another_address_is_no_second_way_into_the_account(house, asha):
    """One name an account so far: tags, dots and twins are other people's addresses."""
    spend_the_hour(house, asha.address)
    for other in ("asha+1@example.org", "a.sha@example.org", "asha@example.org.example.net"):
        attempt = begin(house.api, other)
        attempt.ask()
        assert [] == [one for one in house.inbox.codes(asha.address) if one.to == other]
        passed = attempt.type(house.inbox.code(other))
        assert asha.account != passed.json["account"]["id"]


@pytest.mark.spec("C11")
def test_an_unknown_name_has_the_same_budgets(closed_house):
    """Ten short tries, then eight digits, as for a known name; nobody hears of it."""
    spend_the_hour(closed_house, "nobody@example.org")
    attempt = begin(closed_house.api, "nobody@example.org")
    assert 8 == attempt.ask().json["digits"]
    assert [] == closed_house.inbox.all()


@pytest.mark.spec("L1")
def test_signing_up_resets_no_count(house, noor):
    spend_the_hour(house, noor.address)
    noor.signs_in()
    attempt = begin(house.api, noor.address)
    assert 8 == attempt.ask().json["digits"]


@pytest.mark.spec("L1", "C3")
def test_of_many_who_prove_a_new_address_at_once_one_account_comes(house, noor):
    flows = [begin(house.client(f"198.18.{n}.7"), noor.address) for n in range(5)]
    codes = []
    for flow in flows:
        flow.ask()
        codes.append(house.inbox.code(noor.address))
    answers = at_once(5, lambda n: flows[n].type(codes[n]), house)
    assert [200] * 5 == [one.status for one in answers]
    assert 1 == len({one.json["account"]["id"] for one in answers})
