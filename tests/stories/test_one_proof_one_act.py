"""What is whose, and for what: a proof serves one act, an id one account, a secret is seen once."""

import pytest

from tests.support.enrolled import METHODS
from tests.support.signing import PASSWORD

SECOND, THIRD = "asha.second@example.net", "asha.third@example.net"
EVIL = {"kind": "email", "address": "evil@example.net"}


def acts(person, contact):
    """Every act with its parameters, and the call that spends its proof."""
    held = {one["kind"]: one["id"] for one in person.methods()}
    adds = [("totp", "Tablet"), ("passkey", "Key"), ("push", "Phone"), ("password", "")]
    adds += [("recovery_code", "")]
    found = [
        ("contacts.add", {"kind": "email", "address": THIRD}, "POST", "/api/v1/contacts"),
        ("contacts.add", EVIL, "POST", "/api/v1/contacts"),
        ("contacts.remove", {"id": contact}, "DELETE", f"/api/v1/contacts/{contact}"),
        *(("methods.add", {"kind": kind, "name": name}, "POST", METHODS) for kind, name in adds),
        *(
            ("methods.remove", {"id": held[kind]}, "DELETE", f"{METHODS}/{held[kind]}")
            for kind in ("totp", "passkey")
        ),
        ("two_step.on", {}, "POST", "/api/v1/two_step"),
    ]
    return [(act, parameters, calls(person, *call, parameters)) for act, parameters, *call in found]


def calls(person, method, path, parameters):
    """The call of an act, with what it was proved for."""
    if method == "DELETE":
        return lambda: person.deletes(path)
    body = {"on": True} if path.endswith("two_step") else parameters
    return lambda: person.posts(path, body)


@pytest.mark.spec("P8")
@pytest.mark.attack("036", "041", "042")
def test_a_proof_serves_its_own_act_with_its_own_parameters_alone(supplied, clock):
    """Each act proved, each other one tried with it: only the diagonal is done."""
    clock.move(minutes=5)
    contact = supplied.has_added(SECOND)
    every = acts(supplied, contact)
    assert ["prove_more"] * len(every) == [call().code for *_, call in every]
    for at, (act, parameters, own) in enumerate(every):
        clock.move(minutes=16)
        supplied.proves(act, parameters)
        others = [call().code for number, (*_, call) in enumerate(every) if number > at]
        assert ["prove_more"] * len(others) == others, act
        done = own()
        assert done.status in (200, 201, 204), (act, done.text)
        assert own().code in ("prove_more", "not_found", "already_there"), act


@pytest.mark.attack("106")
def test_nothing_of_hers_is_reached_by_another_persons_session(supplied, ben, house, clock):
    """Every route there is, with her ids and his session; what she has stands as it stood."""
    clock.move(minutes=5)
    supplied.proves("contacts.add", {"kind": "email", "address": SECOND})
    body = {"kind": "email", "address": SECOND}
    contact = supplied.posts("/api/v1/contacts", body).json["id"]
    clock.move(minutes=5)
    waiting = supplied.begins_method("totp", "Tablet").json["id"]
    ben.signs_in()
    before = standing(supplied)
    browser = house.client("198.51.100.20")
    browser.jar["sekisho_session"] = ben.token
    device = supplied.person.gets("/api/v1/devices").json["data"][0]["id"]
    reached = []
    for method in (waiting, *(one["id"] for one in supplied.methods())):
        named = {"contact": contact, "method": method, "device": device}
        named |= dict.fromkeys(("session", "id"), supplied.person.session)
        for route in (one for one in house.routes if named.keys() & names(one.path)):
            values = {**dict.fromkeys(names(route.path), "flw_0000000000000"), **named}
            there = route.path.format_map(values)
            answer = tried(browser, ben, route, there)
            shut = answer.status in (404, 422) or is_home(answer)
            reached += [] if shut else [(route.method, there, answer.status)]
    assert [] == reached
    assert before == standing(supplied)


def tried(browser, person, route, there):
    """Call a route as a program or a page of this person would."""
    if route.path.startswith("/api/"):
        sent = b'{"code":"000000"}' if route.method not in ("GET", "DELETE") else b""
        return browser.send(route.method, there, sent, person.bearer)
    if route.method == "POST":
        return browser.submit(there, {"code": "000000", "name": "Mine"}, "/account")
    return browser.get(there)


def is_home(answer):
    """Whether a page leads back to one's own security info, or says that there is nothing."""
    return answer.status == 303 and str(answer.header("Location")).startswith("/account")


def standing(person):
    return person.standing(), person.contacts(), person.methods(), person.person.events()


def names(path):
    return {part[1:-1] for part in path.split("/") if part.startswith("{")}


@pytest.mark.spec("M3", "M4", "M7")
@pytest.mark.attack("034", "036")
def test_what_was_shown_once_is_shown_nowhere_again(supplied, house, clock):
    """The app's key, the recovery code, the password, a phone's token: on no page, in no answer."""
    clock.move(minutes=5)
    begun = supplied.begins_method("totp", "Tablet").json
    hidden = [supplied.code, PASSWORD, supplied.phone.token, supplied.secret, begun["secret"]]
    shown = [*hidden, *(text.replace(" ", "").replace("-", "") for text in hidden)]
    person = supplied.person
    browser = house.client("198.51.100.10")
    browser.jar["sekisho_session"] = person.token
    places = {one["id"] for one in (*supplied.methods(), *supplied.contacts(), begun)}
    paths = set()
    for route in (one for one in house.routes if one.method == "GET"):
        wanted = names(route.path)
        for place in places if wanted & {"method", "contact", "id"} else ("x",):
            paths.add(route.path.format_map(dict.fromkeys(wanted, place)))
    assert len(paths) > 60
    told = {path: browser.get(path, person.bearer) for path in paths if "/dev/" not in path}
    leaks = [path for path, one in told.items() for text in shown if text.encode() in one.body]
    assert [] == leaks
    assert [] == [path for path, one in told.items() if one.status >= 500]
