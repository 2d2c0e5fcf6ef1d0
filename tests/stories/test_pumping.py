"""SMS pumping over the whole service: many accounts, numbers of few blocks, codes nobody types."""

import pytest

from sekisho.records import spending
from tests.support.people import person
from tests.support.settled import Settled


def settled(house, name):
    """Somebody new who is signed in."""
    one = person(house, f"{name}@example.org", f"198.51.100.{len(name)}")
    one.signs_in()
    return Settled(one)


def adds(somebody, number):
    wanted = {"kind": "phone", "address": number}
    somebody.proves("contacts.add", wanted)
    answer = somebody.posts("/api/v1/contacts", wanted)
    somebody.person.house.send_mail()
    return answer


def texts(house):
    return [one for one in house.inbox.all() if one.channel in ("sms", "voice")]


@pytest.mark.spec("F5")
@pytest.mark.attack("079")
def test_a_block_that_nobody_types_codes_of_is_stopped_and_everybody_is_told(build_house, clock):
    house, told = build_house(), []
    eves = [settled(house, f"eve{'e' * number}") for number in range(6)]
    for number in range(32):
        told.append(adds(eves[number % 6], f"090-1234-{number:04}").code)
        clock.move(minutes=1)
    first = told.index("too_many_requests")
    assert {"too_many_requests"} == set(told[first:])
    assert first <= 26
    assert first == len(texts(house))
    (stopped,) = house.db.read(spending.stopped)
    assert "unverified" == stopped.why
    (newest, *_) = [
        one for one in eves[first % 6].person.events() if one["kind"] == "code_held_back"
    ]
    assert ["phone_budget"] == newest["reasons"]

    asha = settled(house, "asha")
    refused = adds(asha, "090-1234-9999")
    assert (429, "too_many_requests") == (refused.status, refused.code)
    assert refused.json["retry_at"]
    assert 201 == adds(asha, "080-1234-9999").status


@pytest.mark.spec("F5")
@pytest.mark.attack("079")
def test_a_days_cost_bounds_all_codes_to_phones_and_no_mail(build_house, clock):
    house = build_house(phones__day_cost=35)
    asha, told = settled(house, "asha"), []
    for number in range(5):
        told.append(adds(asha, f"090-{1000 + number}-0000").status)
        clock.move(minutes=11)
    assert [201] * 3 + [429] * 2 == told
    assert 3 == len(texts(house))
    email = {"kind": "email", "address": "asha.second@example.net"}
    asha.proves("contacts.add", email)
    assert 201 == asha.posts("/api/v1/contacts", email).status
    clock.move(days=1)
    asha.person.signs_in()
    assert 201 == adds(asha, "090-9999-0000").status


@pytest.mark.spec("F5")
def test_who_types_his_code_keeps_his_block_open(build_house, clock):
    house = build_house(phones__least_percent=50, contacts__most=50)
    asha = settled(house, "asha")
    for number in range(16):
        answer = adds(asha, f"090-1234-{number:04}")
        assert 201 == answer.status, answer.text
        asha.confirms(answer.json["id"], house.inbox.code(f"+8190123400{number:02}"))
        clock.move(minutes=11)
    assert [] == house.db.read(spending.stopped)
