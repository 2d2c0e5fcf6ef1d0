"""What the state machine found, each as the short story that it is."""

import pyotp
import pytest

from sekisho.ground.db import sql
from tests.support.people import begin, person, wrong
from tests.support.signing import nameless

_WAITING = sql("SELECT kind FROM message WHERE sealed IS NOT NULL")


@pytest.mark.spec("C6")
@pytest.mark.attack("001")
def test_a_flow_older_than_the_account_is_charged_to_the_accounts_book(house):
    address = "noor@example.org"
    old = [begin(house.client(f"198.51.100.{ip}"), address) for ip in (1, 2, 3)]
    codes = []
    for attempt in old:
        attempt.ask()
        codes.append(house.inbox.code(address))
    assert 200 == old[0].type(codes[0]).status

    told = [old[1].type(wrong(codes[1], by)).code for by in range(1, 6)]
    fresh = begin(house.client("198.51.100.4"), address)
    fresh.ask()
    code = house.inbox.code(address)
    told += [fresh.type(wrong(code, by)).code for by in range(1, 6)]
    assert ["code_wrong"] * 10 == told
    assert "too_many_tries" == old[2].type(wrong(codes[2])).code


@pytest.mark.spec("C4")
def test_a_code_from_before_the_account_is_known_as_an_earlier_one(house, noor, clock):
    waiting = noor.begins()
    waiting.ask()
    earlier = house.inbox.code(noor.address)
    noor.begins().ask()
    assert 200 == noor.types(house.inbox.code(noor.address)).status
    clock.move(seconds=120)
    waiting.ask()
    newest = house.inbox.code(noor.address)
    assert "code_earlier" == waiting.type(earlier).code
    assert 200 == waiting.type(newest).status


@pytest.mark.spec("N1")
def test_a_second_tab_of_the_browser_that_signed_up_is_no_stranger(house, noor):
    first, second = noor.begins(), noor.begins()
    first.ask()
    code = house.inbox.code(noor.address)
    second.ask()
    assert 200 == noor.types(house.inbox.code(noor.address)).status
    assert 200 == first.type(code, noor.device).status
    assert [] == house.inbox.notices(noor.address)


@pytest.mark.spec("C6")
def test_a_familiar_browser_is_told_when_it_has_tries_again(build_house, clock):
    house = build_house(guesses__familiar_hour=2)
    asha = person(house, "asha@example.org", "198.51.100.10")
    asha.signs_in()
    asha.asks_for_a_code()
    code = house.inbox.code(asha.address)
    at = clock.now()
    for by in (1, 2):
        asha.types(wrong(code, by))
    clock.move(minutes=4)
    refused = asha.types(code)
    assert "too_many_tries" == refused.code
    assert (
        f"{at.isoformat()[:11]}{at.hour + 1:02}{at.isoformat()[13:19]}Z" == refused.json["retry_at"]
    )


@pytest.mark.spec("C10")
def test_retry_at_waits_for_the_longest_window_that_is_full(build_house, clock):
    house = build_house(resend__ten_minutes=2, resend__day=2, resend__pauses_seconds="1")
    asha = person(house, "asha@example.org", "198.51.100.10")
    asha.signs_in()
    at = clock.now()
    for _ in range(2):
        asha.asks_for_a_code()
    refused = asha.begins().ask(asha.device)
    assert "too_many_requests" == refused.code
    assert (
        f"{at.isoformat()[:8]}{at.day + 1:02}{at.isoformat()[10:19]}Z" == refused.json["retry_at"]
    )


@pytest.mark.spec("S1")
def test_the_receipt_of_sign_out_everywhere_counts_no_session_that_had_ended(house, asha, clock):
    asha.signs_in()
    clock.move(hours=25)
    asha.signs_in()
    told = asha.client.post("/api/v1/sessions/end_all", {"keep_current": False}, asha.bearer)
    assert {"ended": 1} == told.json


@pytest.mark.spec("A1")
@pytest.mark.parametrize("limit", ["000000001999", "000000001" + "9" * 5000, "201", "0", "٣", ""])
def test_a_page_of_events_has_at_most_200(limit, asha):
    asha.signs_in()
    assert "invalid_input" == asha.gets(f"/api/v1/events?limit={limit}").code


def test_after_the_oldest_id_there_are_no_events(asha):
    asha.signs_in()
    assert [] == asha.gets("/api/v1/events?after=evt_0000000000000").json["data"]


@pytest.mark.spec("C11", "D2")
@pytest.mark.parametrize("name", ["+81 90-1234-5678"])
@pytest.mark.parametrize("kind", ["email_code", "sms_code", "voice_code"])
def test_a_decoy_for_a_phone_number_leaves_the_outbox_at_once(name, kind, house):
    attempt = begin(house.api, name)
    options = {one["kind"]: one["id"] for one in reversed(attempt.begun.json["options"])}
    body = {"option": options[kind], "confirm": name}
    told = house.api.post(f"{attempt.path}/challenges", body, attempt.headers)
    assert 201 == told.status
    house.send_mail()
    rows = house.db.read(lambda work: work.all(_WAITING))
    assert [] == rows


@pytest.mark.spec("C6")
@pytest.mark.attack("033")
def test_a_method_in_use_is_not_compared_by_confirming_it_again(enrolling, clock):
    begun = enrolling.begins_method("totp", "phone").json
    app = pyotp.TOTP(begun["secret"].replace(" ", ""))
    code = app.at(clock.now())
    assert 200 == enrolling.confirms_method(begun["id"], {"code": code}).status
    clock.move(minutes=1)
    right = app.at(clock.now())
    for typed in (wrong(right), right, code):
        assert "code_used" == enrolling.confirms_method(begun["id"], {"code": typed}).code


@pytest.mark.spec("S2")
def test_a_removed_browser_that_a_passkey_signs_in_without_a_name_gets_a_new_token(enrolling):
    person, house = enrolling.person, enrolling.person.house
    begun = enrolling.begins_method("passkey").json
    key = enrolling.device()
    assert 200 == enrolling.confirms_passkey(begun, key).status
    removed, (browser,) = person.device, person.gets("/api/v1/devices").json["data"]
    assert 204 == enrolling.deletes(f"/api/v1/devices/{browser['id']}").status
    tokens = [removed]
    for _ in range(2):
        house.clock.move(hours=1)
        sign_in = nameless(person.client)
        sign_in.device = tokens[-1]
        tokens.append(sign_in.by_passkey(key).json["device"]["token"])
    assert removed != tokens[1]
    assert tokens[1] == tokens[2]
    told = [one.purpose for one in house.inbox.notices(person.address)]
    assert 2 == told.count("new_sign_in")  # the first browser, and the new one of the same place
