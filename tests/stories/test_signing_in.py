"""The main job, as people go through it."""

from datetime import datetime

import pytest

from tests.support.people import Person, begin, wrong


@pytest.mark.spec("M1", "D1")
def test_a_code_from_the_mail_lets_its_owner_in(house, asha):
    asha.asks_for_a_code()
    asha.types(house.inbox.code(asha.address))
    assert asha.account == asha.gets("/api/v1/session").json["account"]["id"]


@pytest.mark.spec("L1", "C11")
def test_proving_an_unknown_address_makes_its_account(house, noor):
    noor.signs_in()
    first = noor.account
    noor.signs_in()
    assert first == noor.account


@pytest.mark.spec("L1", "C11")
def test_where_sign_up_is_closed_nothing_is_sent_and_nothing_shows_it(closed_house):
    attempt = begin(closed_house.api, "nobody@example.org")
    assert 201 == attempt.ask().status
    assert [] == closed_house.inbox.all()
    assert "code_wrong" == attempt.type("000000").code


@pytest.mark.spec("L1")
@pytest.mark.parametrize(
    "typed",
    ["ASHA@example.org", "asha@EXAMPLE.ORG", " asha@example.org ", "ａｓｈａ＠example.org"],
)
def test_every_spelling_of_a_name_leads_to_the_same_account(house, asha, typed):
    asha.asks_for_a_code(typed)
    before = asha.account
    assert 200 == asha.types(house.inbox.code("asha@example.org")).status
    assert before == asha.account


@pytest.mark.spec("L1")
def test_two_tabs_that_sign_up_make_one_account(house, noor):
    """Each tab has its own flow; the second one finds the account that the first one made."""
    tabs = [noor.asks_for_a_code() for _ in range(2)]
    codes = [letter.code for letter in house.inbox.codes(noor.address)]
    accounts = {
        tab.type(code).json["account"]["id"]
        for tab, code in zip(tabs, reversed(codes), strict=True)
    }
    assert 1 == len(accounts)


@pytest.mark.spec("L1", "C5")
def test_a_tab_that_waited_while_another_signed_up_can_ask_again(house, noor, clock):
    waiting = noor.asks_for_a_code()
    clock.move(seconds=30)
    noor.signs_in()
    clock.move(minutes=1)
    assert 201 == waiting.ask().status
    answer = waiting.type(house.inbox.code(noor.address))
    assert (200, noor.account) == (answer.status, answer.json.get("account", {}).get("id"))


@pytest.mark.spec("N1")
def test_the_owner_hears_once_of_a_sign_in_by_a_stranger(house, asha, clock):
    asha.signs_in()
    (notice,) = house.inbox.notices()
    assert ("new_sign_in", asha.address) == (notice.purpose, notice.to)
    assert "://" not in notice.text
    clock.move(hours=1)
    asha.signs_in()  # the same browser, familiar now
    assert 1 == len(house.inbox.notices())


@pytest.mark.spec("N1")
def test_signing_up_tells_nobody(house, noor):
    noor.signs_in()
    assert [] == house.inbox.notices()


@pytest.mark.spec("D5", "C2", "C8")
def test_the_message_belongs_to_the_screen(house, asha):
    asked = asha.asks_for_a_code().asked[0].json
    (letter,) = house.inbox.codes(asha.address)
    assert letter.code in letter.subject
    assert asked["label"] == letter.label
    assert asked["label"] in letter.text
    assert "Chrome on Windows" in letter.text
    until = datetime.fromisoformat(asked["expires_at"])
    assert f"{until:%H:%M}" in letter.text
    assert all(link not in letter.text + letter.html for link in ("://", "www.", "<a "))


@pytest.mark.spec("C3")
@pytest.mark.attack("007")
def test_a_code_works_once_wherever_it_is_typed_again(build_house, store, clock, house, asha):
    attempt = asha.asks_for_a_code()
    code = house.inbox.code()
    assert 200 == asha.types(code).status
    assert "code_used" == attempt.type(code).code
    asha.client.delete("/api/v1/session", asha.bearer)  # signed out
    assert "code_used" == attempt.type(code).code
    after = store.open(clock)  # and after a restart
    attempt.client = build_house(over=after).client("198.51.100.11")
    assert "code_used" == attempt.type(code).code
    again = begin(attempt.client, asha.address)
    again.ask()
    assert "code_wrong" == again.type(code).code
    after.store.close()


@pytest.mark.spec("C4")
@pytest.mark.attack("006")
@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (0, 0, 2), (2, 0, 1), (1, 2, 0)])
def test_only_the_newest_code_of_a_flow_opens_it(house, asha, clock, order):
    attempt = asha.asks_for_a_code()
    codes = [house.inbox.code()]
    for pause in (30, 60):
        clock.move(seconds=pause)
        attempt.ask()
        codes.append(house.inbox.code())
    told = [attempt.type(codes[place]) for place in order]
    right = order.index(2)
    assert ["code_earlier"] * right == [one.code for one in told[:right]]
    assert 200 == told[right].status
    assert {"code_used"} >= {one.code for one in told[right + 1 :]}


@pytest.mark.spec("C4", "C5")
@pytest.mark.attack("006")
def test_the_code_of_another_flow_lives_on_and_is_just_wrong_here(house, asha, clock):
    first = asha.asks_for_a_code()
    code_of_first = house.inbox.code()
    second = asha.asks_for_a_code()
    assert "code_wrong" == second.type(code_of_first).code
    assert 200 == first.type(code_of_first).status


@pytest.mark.spec("C5", "F2")
def test_a_stranger_who_asks_for_codes_does_not_void_the_owners(house, asha):
    asha.asks_for_a_code()
    code = house.inbox.code()
    for number in range(8):
        begin(house.client(f"203.0.113.{number}"), asha.address).ask()
    assert 200 == asha.types(code).status


@pytest.mark.spec("C5")
@pytest.mark.attack("010")
def test_a_code_of_one_account_opens_no_other(house, asha, ben):
    theirs = asha.asks_for_a_code()
    ben.asks_for_a_code()
    code_of_ben = house.inbox.code(ben.address)
    assert "code_wrong" == theirs.type(code_of_ben).code
    assert 200 == ben.types(code_of_ben).status


@pytest.mark.spec("C5")
@pytest.mark.attack("009")
@pytest.mark.parametrize(
    "purpose", ["reset", "step_up", "verify_contact", "recover", "SIGN_IN", "1"]
)
def test_a_code_serves_the_purpose_it_was_asked_for_alone(house, asha, purpose):
    """A name begins a sign-in and nothing else: a step-up wants an act and a session, a contact's
    code has no flow of its own. Asking for another is refused before any code is drawn.
    """
    asha.asks_for_a_code()
    body = {"purpose": purpose, "name": asha.address}
    assert "invalid_input" == house.api.post("/api/v1/flows", body).code
    assert "invalid_input" == house.api.post("/api/v1/flows", body | {"act": "contacts.add"}).code
    (only,) = house.inbox.codes()
    assert 200 == asha.types(only.code).status


@pytest.mark.spec("C2")
@pytest.mark.parametrize(
    ("seconds", "status"),
    [pytest.param(299.9, 200, id="in time"), pytest.param(300, 401, id="five minutes")],
)
def test_a_code_lives_five_minutes(house, asha, clock, seconds, status):
    asha.asks_for_a_code()
    code = house.inbox.code()
    clock.move(seconds=seconds)
    assert status == asha.types(code).status


@pytest.mark.spec("S3")
@pytest.mark.attack("096")
def test_each_sign_in_gives_new_secrets(house, asha):
    tokens = set()
    for _ in range(3):
        asha.signs_in()
        tokens.add(asha.token)
        house.clock.move(hours=1)
    assert 3 == len(tokens)


@pytest.mark.spec("C8")
def test_live_labels_of_an_account_are_all_different(house, asha, clock):
    labels = []
    for number in range(30):
        attempt = begin(house.client(f"203.0.{number}.7"), asha.address)
        labels.append(attempt.ask().json["label"])
        clock.move(seconds=5)
    assert len(labels) == len(set(labels))


@pytest.mark.spec("M9")
def test_a_flow_offers_every_way_that_the_service_has(house, asha):
    """A stranger sees the same for everybody: what was typed, then every kind without a hint."""
    known, unknown = (
        begin(house.api, name).begun.json["options"] for name in (asha.address, "aska@example.org")
    )
    shown = [(one["kind"], one["hint"]) for one in known]
    assert ("email_code", "as*****@example.org") == shown[0]
    assert [
        ("passkey", None),
        ("push", None),
        ("password", None),
        ("totp", None),
        ("sms_code", None),
        ("voice_code", None),
        ("email_code", None),
        ("recovery_code", None),
    ] == shown[1:]
    assert shown == [(one["kind"], one["hint"]) for one in unknown]


@pytest.mark.spec("C9")
def test_a_code_never_comes_back_by_the_api(house, asha):
    attempt = asha.asks_for_a_code()
    code = house.inbox.code()
    answers = [attempt.begun, *attempt.asked, attempt.look(), attempt.type(wrong(code))]
    passed = asha.types(code)
    answers += [passed, attempt.look(), *map(asha.gets, ("/api/v1/session", "/api/v1/events"))]
    assert [] == [answer.text for answer in answers if code in answer.text]


@pytest.mark.spec("F2")
def test_who_only_says_he_has_a_device_is_a_stranger(house, asha, ben):
    """A device of another account, or a forged one, makes nobody familiar."""
    asha.signs_in()
    ben.signs_in()
    for number, device in enumerate((ben.device, asha.device[:-1] + "x", "dev_x", "x" * 5000)):
        mallory = Person(house, asha.address, house.client(f"203.0.{number}.8"), device=device)
        mallory.signs_in()
    new = [event for event in asha.events() if event["reasons"] == ["new_device"]]
    assert 5 == len(new)
