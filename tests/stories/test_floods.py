"""Strangers who ask and ask: what reaches the owner, what the stranger sees, who is stopped."""

from datetime import datetime

import pytest

from tests.support.people import Person, begin

ADDRESS = "asha@example.org"


def strangers_ask(house, address, count, seconds=10, first=0):
    """So many requests, each from another network, `seconds` apart; what each was answered."""
    answers = []
    for number in range(first, first + count):
        client = house.client(f"198.{18 + number // 250}.{number % 250}.7")
        answers.append(begin(client, address).ask())
        house.send_mail()
        house.clock.move(seconds=seconds)
    return answers


@pytest.mark.spec("F3")
@pytest.mark.attack("078")
def test_a_flood_sends_five_in_the_first_hour_and_looks_the_same(house, asha):
    answers = strangers_ask(house, ADDRESS, 60, seconds=55)
    assert {201} == {answer.status for answer in answers}
    assert 1 == len({tuple(answer.json) for answer in answers})
    assert 5 == len(house.inbox.all(ADDRESS))


@pytest.mark.spec("F3")
@pytest.mark.attack("078")
def test_after_the_first_hour_one_an_hour_and_ten_a_day_and_then_a_digest(house, asha):
    strangers_ask(house, ADDRESS, 23 * 6, seconds=600)
    letters = house.inbox.all(ADDRESS)[::-1]
    assert ["sign_in"] * 10 + ["code_flood"] == [letter.purpose for letter in letters]
    digest = letters[-1]
    assert (None, None) == (digest.code, digest.label)
    assert all(link not in digest.text + digest.html for link in ("://", "www.", "<a "))


@pytest.mark.spec("F3")
@pytest.mark.attack("078")
def test_over_three_days_there_is_one_digest_a_day_and_never_more_than_ten_codes(house, asha):
    strangers_ask(house, ADDRESS, 3 * 24 * 2, seconds=1800)
    sent = [(datetime.fromisoformat(one.at), one.code) for one in house.inbox.all(ADDRESS)]
    for at, _ in sent:
        of_that_day = [code for when, code in sent if 0 <= (when - at).total_seconds() < 86400]
        assert sum(code is not None for code in of_that_day) <= 10
        assert sum(code is None for code in of_that_day) <= 1


@pytest.mark.spec("F2", "C10")
@pytest.mark.attack("078")
def test_a_familiar_browser_gets_its_code_in_any_flood(house, asha, clock):
    asha.signs_in()
    clock.move(hours=2)
    strangers_ask(house, ADDRESS, 80, seconds=5)
    assert 200 == asha.signs_in().status


@pytest.mark.spec("F2", "F1")
def test_a_familiar_browser_is_not_stopped_by_its_networks_limit(build_house, db):
    """Everybody at this address used up its requests; who is known here goes on."""
    house = build_house(limits__requests_hour_ip=5)
    house.make_account(ADDRESS)
    asha = Person(house, ADDRESS, house.client())
    asha.signs_in()
    house.clock.move(seconds=40)
    for number in range(6):
        attempt = begin(house.api, f"somebody{number}@example.org")
        answer = attempt.ask()
    assert "too_many_requests" == answer.code
    assert 200 == asha.signs_in().status


@pytest.mark.spec("C10")
def test_a_familiar_browser_gets_five_in_ten_minutes(house, asha, clock):
    asha.signs_in()
    clock.move(hours=2)
    answers = []
    for _ in range(7):
        attempt = asha.begins()
        answers.append(attempt.ask(asha.device))
        clock.move(seconds=40)
    assert [201] * 5 + [429] * 2 == [one.status for one in answers]
    assert "too_many_requests" == answers[-1].code
    assert 5 == len(house.inbox.codes(ADDRESS)) - 1


@pytest.mark.spec("C10")
def test_signing_in_uses_up_no_code_that_is_kept_for_a_change(settled, clock):
    """Five to sign in; two more for a change or a forgotten password."""
    clock.move(minutes=11)
    for _ in range(5):
        assert 201 == settled.person.begins().ask(settled.person.device).status
    assert "too_many_requests" == settled.person.begins().ask(settled.person.device).code
    added = {"kind": "email", "address": "asha.second@example.net"}
    asked = [settled.begins("contacts.add", added).ask(settled.person.device) for _ in range(3)]
    assert [201, 201, 429] == [one.status for one in asked]


@pytest.mark.spec("F1")
def test_sixty_requests_an_hour_for_one_address_then_429_with_the_time(house):
    answers = [begin(house.api, f"n{number}@example.org").ask() for number in range(61)]
    assert [201] * 60 + [429] == [answer.status for answer in answers]
    last = answers[-1]
    retry_at = datetime.fromisoformat(last.json["retry_at"])
    assert "too_many_requests" == last.code
    assert retry_at > house.clock.now()
    house.clock.move(seconds=int(last.header("Retry-After")))
    assert 201 == begin(house.api, "another@example.org").ask().status


@pytest.mark.spec("F1")
@pytest.mark.parametrize(
    ("network", "limit"),
    [
        pytest.param("198.51.100.{}", "requests_hour_net", id="/24"),
        pytest.param("2001:db8:1:2::{}", "requests_hour_net", id="/64"),
        pytest.param("198.{0}.100.{0}", "requests_hour_all", id="everybody"),
    ],
)
def test_a_network_counts_as_one_and_so_does_everybody(build_house, network, limit):
    house = build_house(**{f"limits__{limit}": 12})
    answers = [
        begin(house.client(network.format(n)), f"n{n}@example.org").ask().status
        for n in range(1, 15)
    ]
    assert [201] * 12 + [429] * 2 == answers


@pytest.mark.spec("F1")
def test_another_network_is_not_stopped(build_house):
    house = build_house(limits__requests_hour_net=3)
    for number in range(5):
        begin(house.client(f"198.51.100.{number}"), "n@example.org").ask()
    assert 201 == begin(house.client("198.51.101.1"), "m@example.org").ask().status


@pytest.mark.spec("F1")
def test_answers_have_five_times_the_limit(build_house, db):
    house = build_house(limits__requests_hour_ip=2)
    attempt = begin(house.api, ADDRESS)
    attempt.ask()
    answers = [attempt.type("000000").code for _ in range(12)]
    assert ["too_many_requests"] * 2 == answers[10:]
    assert "too_many_requests" not in answers[:10]


@pytest.mark.spec("F1")
def test_what_was_refused_does_not_count(build_house):
    """Else whoever keeps asking would never get in again."""
    house = build_house(limits__requests_hour_ip=4)
    for _ in range(2):
        for number in range(20):
            begin(house.api, f"n{number}@example.org").ask()
        house.clock.move(minutes=61)
    house.clock.move(minutes=61)
    assert 201 == begin(house.api, "n@example.org").ask().status


@pytest.mark.attack("062")
@pytest.mark.parametrize(
    "name",
    [
        "asha@example.org,evil@example.net",
        "asha@example.org;evil@example.net",
        "asha@example.org evil@example.net",
        "asha@example.org\nBcc: evil@example.net",
        "asha@example.org\r\nTo: evil@example.net",
        "asha@example.org\x00evil@example.net",
        "<evil@example.net> asha@example.org",
        "Asha <asha@example.org>",
        '"asha@example.org"@example.net',
        "asha%example.org@example.net",
        "asha@example.org@example.net",
        "@example.net:asha@example.org",
        "asha@[127.0.0.1]",
        "=?utf-8?q?evil=40example.net?=@example.org",
        ["asha@example.org", "evil@example.net"],
        {"to": "evil@example.net"},
    ],
)
def test_no_name_makes_a_code_of_hers_go_elsewhere(house, asha, name):
    for purpose in ("sign_in", "reset_password"):
        answer = house.api.post("/api/v1/flows", {"purpose": purpose, "name": name})
        assert (422, "invalid_input") == (answer.status, answer.code)
    assert [] == house.inbox.all()


@pytest.mark.attack("062")
@pytest.mark.parametrize(
    "more", [{"cc": "evil@example.net"}, {"to": "evil@example.net"}, {"email": "evil@example.net"}]
)
def test_no_other_field_makes_a_code_of_hers_go_elsewhere(house, asha, more):
    answer = house.api.post("/api/v1/flows", {"purpose": "sign_in", "name": ADDRESS, **more})
    assert "invalid_input" == answer.code
    attempt = begin(house.api, ADDRESS)
    body = {"option": attempt.option, **more}
    assert (
        "invalid_input" == house.api.post(f"{attempt.path}/challenges", body, attempt.headers).code
    )
    house.api.post(
        f"{attempt.path}/challenges",
        {"option": attempt.option, "confirm": "evil@example.net"},
        attempt.headers,
    )
    assert {ADDRESS} >= {letter.to for letter in house.inbox.all()}


@pytest.mark.attack("076", "062")
@pytest.mark.parametrize(
    "twin",
    [
        "aſha@example.org",  # long s, folds to s
        "Ａsha@exa\u217cple.org",
        "as\u04bba@example.org",  # Cyrillic shha
        "asha@\u212axample.org",  # Kelvin sign
        "asha@examp\u2113e.org",  # script l, NFKC l
        "asha@exam\u00adple.org",
        "asha@ex\u0430mple.org",  # Cyrillic a
        "asha@example.xn--org-",
        "asha@straße.example",
    ],
)
def test_a_look_alike_of_her_name_gets_none_of_her_codes(house, asha, twin):
    answer = house.api.post("/api/v1/flows", {"purpose": "sign_in", "name": twin})
    if answer.status == 201:
        begin(house.api, twin).ask()
    assert [] == house.inbox.all(ADDRESS)


@pytest.mark.attack("076")
def test_mail_goes_to_the_stored_spelling(house):
    house.make_account("Asha.Rao@Example.org")
    begin(house.api, "asha.rao@EXAMPLE.ORG").ask()
    assert ["Asha.Rao@example.org"] == [letter.to for letter in house.inbox.all()]


@pytest.mark.attack("075")
@pytest.mark.parametrize(
    "other",
    [
        "asha.rao+x@gmail.com",
        "asharao@gmail.com",
        "a.s.h.a.rao@gmail.com",
        "asha.rao@googlemail.com",
        "asha.rao+@gmail.com",
    ],
)
def test_a_tagged_or_dotted_address_is_another_account(house, other):
    house.make_account("asha.rao@gmail.com")
    attempt = begin(house.api, other)
    attempt.ask()
    assert {other} >= {letter.to for letter in house.inbox.all()}
    assert 200 == attempt.type(house.inbox.code()).status
