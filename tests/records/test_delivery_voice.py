"""Voice: the digits apart and slowly, three times, in the person's language."""

import dataclasses
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from sekisho.doors.house import LETTERS
from sekisho.ground.words import LANGUAGES
from sekisho.records.delivery import letters
from sekisho.records.delivery.channels import Addressed, voice
from tests.support.letters import Outlet, post_office, write_files
from tests.support.material import START

DIGITS = {
    "en": ["four", "zero", "two", "nine", "one", "seven"],
    "ja": ["よん", "ゼロ", "に", "きゅう", "いち", "なな"],
}
ACCENTS = {"en": "en-US", "ja": "ja-JP"}


@pytest.fixture
def office(tmp_path):
    return post_office(tmp_path, Outlet())


KINDS = [kind for kind, form in LETTERS.items() if form.phone and form.has_code]


def call(office, language, code="402917", service="Example", own=None, kind="sign_in"):
    message = Addressed(
        id="msg_1",
        kind=kind,
        channel="voice",
        token="t0k3n",
        to="+81312345678",
        contents=letters.Contents(
            language=language,
            zone="Asia/Tokyo",
            created_at=START,
            ends_at=START + timedelta(minutes=10),
            label="K7",
            code=code,
            facts=LETTERS[kind].facts,
        ),
        now=START,
    )
    loaded = letters.load(LETTERS, own, service, "id.example.jp")
    return voice.write(message, dataclasses.replace(office, letters=loaded))


def verbs(draft):
    return [(verb.tag, verb.get("language"), verb.text) for verb in _parsed(draft)]


def _parsed(draft):
    response = ET.fromstring(draft.raw)
    assert "Response" == response.tag
    return response


@pytest.mark.spec("D1", "M2")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_is_said_three_times_digit_by_digit_with_pauses(language, kind, office):
    said = verbs(call(office, language, kind=kind))
    words = DIGITS[language]
    spoken = [text for tag, _, text in said if tag == "Say" and text in words]
    assert words * 3 == spoken
    tags = [tag for tag, _, _ in said]
    assert ["Pause", "Say"] * (len(tags) // 2) == tags


@pytest.mark.spec("D1", "M2")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_call_speaks_the_persons_language_throughout(language, office):
    said = verbs(call(office, language))
    assert {ACCENTS[language]} == {accent for tag, accent, _ in said if tag == "Say"}


@pytest.mark.spec("D5", "M2")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_call_says_to_share_the_code_with_nobody_and_what_to_do_if_it_was_not_you(
    kind, language, office
):
    text = call(office, language, kind=kind).text
    shared = {"en": "Never share it", "ja": "誰にも教えないでください"}
    hang_up = {"en": "hang up", "ja": "電話をお切りください"}
    assert shared[language] in text
    assert hang_up[language] in text


@pytest.mark.spec("M2")
def test_the_call_says_for_whom_which_request_and_until_when(office):
    english, japanese = call(office, "en").text, call(office, "ja").text
    assert "This is Example" in english
    assert "K, 7" in english
    assert "until 14:15" in english
    assert "こちらはExampleです" in japanese
    assert "14時15分まで" in japanese


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_code_fits_what_a_call_may_bring_along(language, kind, office):
    said = call(office, language, "77777777", "関" * 30, kind=kind)
    assert len(said.raw.decode()) <= voice.LONGEST


@pytest.mark.attack("088")
def test_no_value_becomes_a_verb_of_the_call(office):
    said = verbs(call(office, "en", service="</Say><Dial>+1900</Dial><Say>"))
    assert {"Say", "Pause"} == {tag for tag, _, _ in said}


def test_signs_that_xml_cannot_hold_are_left_out(office, tmp_path):
    own = write_files(tmp_path / "own", {"sign_in/en/voice.txt": "a\x00b\x1f\ufffec\n{{ code }}"})
    assert "a b  c" == verbs(call(office, "en", own=own))[1][2]


def test_a_call_that_is_too_long_is_refused(office, tmp_path):
    own = write_files(tmp_path / "own", {"sign_in/en/voice.txt": "a" * 5000})
    with pytest.raises(ValueError, match="longer than"):
        call(office, "en", own=own)
