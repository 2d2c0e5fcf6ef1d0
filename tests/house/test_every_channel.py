"""What every channel keeps, whoever wrote it: one test over the whole registry."""

import re
from datetime import timedelta

import pytest

from sekisho.ground.words import LANGUAGES
from sekisho.records.delivery import letters
from sekisho.records.delivery.channels import CHANNELS, Addressed
from sekisho.records.delivery.post_office import Mailbox, PostOffice
from sekisho.records.delivery.rules import Accepted
from tests.support.material import START

CODE = "048291"
TO = "taro@example.com"
NUMBER = "+819012345678"
BY_PHONE = ("sms", "voice")
BODY = "{{ code }} {{ label }} {{ until }} {{ note }}\n"
BRIEF = "{{ code }} {{ label }} {{ note[:60] }}\n"


class Nowhere:
    """A provider that takes everything and keeps nothing."""

    def send(self, _draft):
        return Accepted("taken")

    def close(self):
        return


@pytest.fixture
def office(tmp_path):
    """An office with one kind of letter, in every language."""
    for language in LANGUAGES:
        folder = tmp_path / language
        folder.mkdir()
        (folder / "subject.txt").write_text("{{ code }}：確認\n", encoding="utf-8")
        (folder / "body.txt").write_text(BODY, encoding="utf-8")
        (folder / "body.html").write_text(f"<p>{BODY}</p>", encoding="utf-8")
        (folder / "sms.txt").write_text(f"{BRIEF}@{{{{ domain }}}} #{{{{ code }}}}\n")
        (folder / "voice.txt").write_text(BRIEF)
        (folder / "push.txt").write_text(f"{{{{ label }}}}\n{BRIEF}")
    form = letters.Form(tmp_path, has_code=True, facts={"note": ""}, phone=tmp_path)
    return PostOffice(
        mail_from=Mailbox("関所", "no-reply@example.com"),
        letters=letters.load({"sign_in": form}, None, "関所", "id.example.com"),
        providers=dict.fromkeys(CHANNELS, Nowhere()),
    )


def address(channel):
    return NUMBER if channel in BY_PHONE else TO


def message(channel, language="en", to=None, note="ok"):
    return Addressed(
        id="msg_1",
        kind="sign_in",
        channel=channel,
        token="t0k3n",
        to=address(channel) if to is None else to,
        contents=letters.Contents(
            language=language,
            zone="Asia/Tokyo",
            created_at=START,
            ends_at=START + timedelta(minutes=5),
            label="K7",
            code=CODE,
            facts={"note": note},
        ),
        now=START,
    )


each_channel = pytest.mark.parametrize("channel", CHANNELS)
each_language = pytest.mark.parametrize("language", LANGUAGES)


@each_channel
def test_a_channel_has_a_plain_name(channel):
    assert re.fullmatch(r"[a-z_]+", channel)


@each_language
@each_channel
def test_a_draft_carries_code_label_and_instructions_of_its_message(channel, language, office):
    draft = CHANNELS[channel](message(channel, language), office)

    named = (draft.id, draft.kind, draft.channel, draft.to)
    assert ("msg_1", "sign_in", channel, address(channel)) == named
    assert (CODE, "K7", START) == (draft.code, draft.label, draft.at)
    assert CODE in draft.text
    assert "K7" in draft.text
    assert draft.raw


@each_language
@each_channel
def test_a_second_try_is_the_same_message(channel, language, office):
    again = CHANNELS[channel](message(channel, language), office)
    assert CHANNELS[channel](message(channel, language), office) == again


@each_channel
def test_a_draft_that_is_logged_shows_neither_code_nor_address(channel, office):
    shown = repr(CHANNELS[channel](message(channel), office))
    assert CODE not in shown
    assert address(channel) not in shown


@pytest.mark.parametrize(
    "to",
    [
        pytest.param("a@example.com\r\nBcc: b@example.com", id="a line end"),
        pytest.param("a@example.com\x00", id="a zero"),
        pytest.param("", id="nothing"),
        pytest.param("a" * 100_000, id="over-long"),
    ],
)
@each_channel
def test_an_address_that_could_reach_somebody_else_is_refused(channel, to, office):
    with pytest.raises(ValueError, match="cannot be written"):
        CHANNELS[channel](message(channel, to=to), office)


@pytest.mark.parametrize(
    "note",
    [
        pytest.param("１２３４５６　全角", id="full-width"),
        pytest.param("<script>alert(1)</script>", id="a script"),
        pytest.param("字" * 20_000, id="over-long"),
        pytest.param("\r\n.\r\nRCPT TO:<b@example.com>\r\n", id="another protocol"),
    ],
)
@each_channel
def test_what_a_visitor_wrote_is_only_text(channel, note, office):
    draft = CHANNELS[channel](message(channel, note=note), office)
    assert "<script>" not in draft.html
    assert address(channel) == draft.to
    assert draft.sender in {"", office.mail_from.address}  # a gateway has its own number
    assert "\n" not in draft.subject
