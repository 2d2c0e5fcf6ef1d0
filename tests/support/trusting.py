"""A person with two-step verification who trusts the browser, and whoever copied what it holds."""

from dataclasses import dataclass

import pytest

from tests.support.guarded import Guarded
from tests.support.houses import HERE, House
from tests.support.people import Attempt, begin
from tests.support.web_client import WINDOWS, Answer

PASSED, ASKED = "passed", "open"


@dataclass
class Jar:
    """What a browser holds for an account, as far as it is sent along."""

    device: str
    trust: str

    @property
    def headers(self) -> dict[str, str]:
        """What carries it."""
        sent = {"Sekisho-Device": self.device, "Sekisho-Trust": self.trust}
        return {name: value for name, value in sent.items() if value}


class Trusting(Guarded):
    """A person who proves two steps and trusts the browser; `jar` is what it holds."""

    jar: Jar = Jar("", "")

    @property
    def house(self) -> House:
        """The service."""
        return self.person.house

    def signs_in_twice(self, *, trust: object = True) -> Answer:
        """Sign in by both steps, with the wish to trust this browser beside the second answer."""
        self.house.clock.move(minutes=2)
        attempt, first = self.first_proof()
        totp = next(one["id"] for one in first.json["options"] if one["kind"] == "totp")
        attempt.option = totp
        assert 201 == attempt.ask(self.person.device).status
        body = {"code": self.app_code(), "trust": trust}
        headers = attempt.headers | {"Sekisho-Device": self.person.device}
        answer = self.person.client.post(attempt.answer_path, body, headers)
        if answer.status == 200:
            self.keeps(answer)
        return answer

    def keeps(self, answer: Answer) -> None:
        """Keep what was given."""
        given = answer.json
        self.person.token = given["session"]["token"]
        self.person.session = given["session"]["id"]
        self.person.device = given["device"]["token"]
        self.jar = Jar(given["device"]["token"], given["device"].get("trust", ""))

    def half_way(self, jar: Jar, house: House | None = None, agent: str = WINDOWS) -> Attempt:
        """Ask for the first code, an hour later, as a browser with this jar does."""
        self.house.clock.move(hours=1)
        return self.begins_anew(jar, house, agent)

    def begins_anew(self, jar: Jar, house: House | None = None, agent: str = WINDOWS) -> Attempt:
        """Ask for the first code in a flow beside others."""
        client = (house or self.house).client(HERE, agent)
        attempt = begin(client, self.person.address)
        self.house.send_mail()
        asked = client.post(
            f"{attempt.path}/challenges",
            {"option": attempt.option},
            attempt.headers | jar.headers,
        )
        assert 201 == asked.status, asked.text
        attempt.challenge = asked.json["id"]
        return attempt

    def answers(self, attempt: Attempt, jar: Jar, **more: object) -> Answer:
        """Answer with the code of the mail, as a browser with this jar does."""
        body = {"code": self.house.inbox.code(self.person.address), **more}
        return attempt.client.post(attempt.answer_path, body, attempt.headers | jar.headers)

    def one_step(self, jar: Jar | None = None, agent: str = WINDOWS) -> Answer:
        """Give the first proof as a browser with this jar does, or as one's own."""
        own = jar is None
        held = jar or self.jar
        answer = self.answers(self.half_way(held, agent=agent), held)
        assert 200 == answer.status, answer.text
        if own and answer.json["state"] == PASSED:
            self.keeps(answer)
        return answer

    def is_asked(self, jar: Jar | None = None, agent: str = WINDOWS) -> bool:
        """Say whether a second step is asked of a browser with this jar, and nothing was given."""
        answer = self.one_step(jar, agent)
        given = {"session", "device", "account"} & set(answer.json)
        assert (answer.json["state"] == ASKED) == (not given)
        return bool(answer.json["state"] == ASKED)


@pytest.fixture
def trusting(cautious: Guarded) -> Trusting:
    """Asha, with two-step verification on, in a browser that she trusts."""
    person = Trusting(cautious.person)
    person.secret, person.app, person.code = cautious.secret, cautious.app, cautious.code
    answer = person.signs_in_twice()
    assert 200 == answer.status, answer.text
    assert person.jar.trust.startswith("trd_")
    return person
