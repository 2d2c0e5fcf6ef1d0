"""The inbox of `dev`, as API.md says it, and who may look into it."""

import pytest

from tests.support.people import begin

FIELDS = {
    "id",
    "channel",
    "to",
    "subject",
    "text",
    "html",
    "code",
    "label",
    "purpose",
    "at",
}


@pytest.mark.spec("D1")
def test_a_message_has_every_field_of_the_contract(house, asha):
    asha.signs_in()
    house.send_mail()
    found = house.client("127.0.0.1").get("/dev/inbox.json").json["data"]
    assert [FIELDS] * 2 == [set(message) for message in found]
    notice, code = sorted(found, key=lambda message: message["code"] is not None)
    assert ("new_sign_in", None, None) == (notice["purpose"], notice["code"], notice["label"])
    assert ("sign_in", "email", asha.address) == (code["purpose"], code["channel"], code["to"])
    assert asha.attempt.asked[0].json["label"] == code["label"]


@pytest.mark.spec("D1")
def test_messages_of_one_address_newest_first(house, clock):
    for number in range(3):
        begin(house.client(), f"n{number % 2}@example.org").ask()
        house.send_mail()
        clock.move(seconds=40)
    found = house.client("127.0.0.1").get("/dev/inbox.json?to=N0@example.org").json["data"]
    assert ["n0@example.org"] * 2 == [message["to"] for message in found]
    assert found[0]["at"] > found[1]["at"]


@pytest.mark.spec("C9")
@pytest.mark.parametrize(
    ("ip", "host", "status"),
    [
        pytest.param("127.0.0.1", "localhost:8080", 200, id="this machine"),
        pytest.param("192.168.1.9", "192.168.1.2:8080", 200, id="the same network, by address"),
        pytest.param("::1", "[::1]:8080", 200, id="IPv6"),
        pytest.param("127.0.0.1", "sekisho.test", 200, id="a test name"),
        pytest.param("8.8.8.8", "localhost:8080", 404, id="from the internet"),
        pytest.param("127.0.0.1", "evil.example:8080", 404, id="DNS rebinding"),
        pytest.param("127.0.0.1", "localhost.evil.example", 404, id="a longer name"),
    ],
)
def test_only_who_is_near_may_look(house, ip, host, status):
    client = house.client(ip)
    answers = [client.send("GET", path, headers={"Host": host}) for path in PATHS]
    assert [status] * 2 == [answer.status for answer in answers]


PATHS = ("/dev/inbox", "/dev/inbox.json")


def test_what_is_served_for_real_has_no_inbox(secure_house):
    assert [404, 404] == [secure_house.client("127.0.0.1").get(path).status for path in PATHS]
