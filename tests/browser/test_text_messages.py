"""Text messages as a person meets them: `serve`, a mail server, and a gateway that is a process."""

from dataclasses import dataclass

import pytest

from tests.browser.conftest import LOCALES, PATIENCE_MS
from tests.browser.person import Person
from tests.support import gateways, running, smtp_sink
from tests.support.running import Mailbox, awaited

NUMBERS = {"en": "11", "ja": "22"}


@dataclass(frozen=True, slots=True)
class Outside:
    """A service, and where its mails and its text messages arrive."""

    origin: str
    mailbox: Mailbox
    gateway: gateways.FakeGateway

    def letter(self, to, label):
        """The mail that carries this label."""
        return {"code": self.mailbox.code(to, label)}

    def text(self, to, label):
        """The text message that carries this label, as soon as the gateway has it."""
        return awaited(lambda: next((one for one in self.texts(to) if label in one), None))

    def texts(self, to):
        taken = gateways.texts(self.gateway.port)
        return [one["Body"] for one in taken if one["To"] == to]


@pytest.fixture(scope="module")
def outside(executable, tmp_path_factory):
    assert executable
    with smtp_sink.sink() as sink, gateways.apart() as gateway:
        mailbox = Mailbox(sink)
        env = {
            **mailbox.environment,
            "SEKISHO_SIGN_UP": "open",
            "SEKISHO_RESEND_PAUSES_SECONDS": "[1, 60, 120, 300]",
            "SEKISHO_SMS_PROVIDERS": gateway.twilio_url(),
        }
        folder = tmp_path_factory.mktemp("serve") / "data"
        with running.stopped_after(running.serve(folder, env=env)) as found:
            yield Outside(found.origin, mailbox, gateway)
            assert [] == found.errors


@pytest.fixture
def arrives(chromium, outside):
    """Call it for a person at a browser of their own."""
    people = []

    def make(language):
        context = chromium.new_context(locale=LOCALES[language])
        context.set_default_timeout(PATIENCE_MS)
        people.append(Person(context, outside, language))
        return people[-1]

    yield make
    for one in people:
        one.context.close()
    assert [] == [complaint for one in people for complaint in one.complaints]


def adds_phone(asha, number):
    asha.opens("/account/security/add-phone")
    asha.page.get_by_label(asha.words("add_phone.label")).fill(f"090-1234-56{number}")
    asha.presses("security_add.button")
    asha.heading_is("step_up.title")
    asha.field().fill(asha.code())
    asha.presses("step_up.button")
    asha.heading_is("verify.title")
    asha.field().fill(code_of(asha, number))
    asha.presses("verify.button")
    asha.hears(asha.words("security.was_added", hint=f"******{number}"))


def code_of(asha, number):
    """The code that a phone fills in by itself: the last line, bound to the origin (spec D6)."""
    text = asha.server.text(f"+8190123456{number}", asha.label())
    last = text.splitlines()[-1]
    assert last.startswith("@127.0.0.1 #")
    return last.partition("#")[2]


@pytest.mark.spec("M2", "D1", "D6", "P2", "P3")
def test_a_phone_is_added_and_signs_in_by_a_text(arrives, language):
    asha, number = arrives(language), NUMBERS[language]
    asha.signs_in()
    adds_phone(asha, number)
    other = arrives(language)
    other.address = asha.address
    other.opens("/sign-in")
    other.page.get_by_label(other.words("name.label")).fill(other.address)
    other.presses("name.other")
    other.page.get_by_text(other.words("more.another_sms_code")).click()
    other.page.get_by_label(other.words("more.confirm_sms_code")).fill(f"56{number}")
    other.page.get_by_role("button", name=other.words("name.button")).locator(
        "visible=true"
    ).click()
    other.reads(other.words("code.sent_confirmed"))
    other.types(code_of(other, number))
    other.is_at("/account")
