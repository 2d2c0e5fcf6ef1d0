"""SMS: what a text says, that it stays within its budget, and that nobody bends its last line."""

import dataclasses
import re
from datetime import timedelta

import pytest

from sekisho.doors.house import LETTERS
from sekisho.ground.words import LANGUAGES
from sekisho.records.delivery import letters
from sekisho.records.delivery.channels import Addressed, sms
from tests.support.letters import Outlet, post_office, write_files
from tests.support.material import START

NUMBER = "+819012345678"
# Spec: service name and host together up to 20 signs fit (EXPERIENCE 2.3).
NAMES = [
    pytest.param("Example", "id.example.jp", id="a short host"),
    pytest.param("関所関所関所", "id.example.com", id="a Japanese name"),
    pytest.param("Ex", "id.example-shop.jp", id="a long host"),
]


@pytest.fixture
def office(tmp_path):
    return post_office(tmp_path, Outlet())


def named(office, service, host, own=None, forms=LETTERS):
    return dataclasses.replace(office, letters=letters.load(forms, own, service, host))


def message(kind="sign_in", language="ja", to=NUMBER, code="482913", label="K7"):
    return Addressed(
        id="msg_1",
        kind=kind,
        channel="sms",
        token="t0k3n",
        to=to,
        contents=letters.Contents(
            language=language,
            zone="Asia/Tokyo",
            created_at=START,
            ends_at=START + timedelta(minutes=10),
            label=label,
            code=code,
            facts={},
        ),
        now=START,
    )


@pytest.mark.spec("D5", "D6", "M2")
def test_the_text_in_japanese_is_the_one_of_the_specification(office):
    draft = sms.write(message(), named(office, "Example", "id.example.jp"))
    assert draft.text == (
        "482913 Exampleの確認コード（受付K7、14:15まで）。誰にも教えないでください\n"
        "@id.example.jp #482913"
    )
    assert sms.Length(70, False, 1) == sms.length(draft.text)


@pytest.mark.spec("D5", "D6", "M2")
def test_the_text_in_english_is_the_one_of_the_specification(office):
    draft = sms.write(message(language="en"), named(office, "Example", "id.example.com"))
    assert draft.text == (
        "482913 is your Example code (request K7, until 14:15)."
        " Never share it, not even with our staff.\n\n@id.example.com #482913"
    )
    assert sms.length(draft.text).is_gsm_7


KINDS = [kind for kind, form in LETTERS.items() if form.phone and form.has_code]


@pytest.mark.spec("D6", "M2")
@pytest.mark.parametrize("code", ["482913", "48291357"])
@pytest.mark.parametrize(("service", "host"), NAMES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_code_text_in_japanese_fits_one_segment(kind, service, host, code, office):
    draft = sms.write(message(kind, code=code), named(office, service, host))
    assert (1, False) == (sms.length(draft.text).segments, sms.length(draft.text).is_gsm_7)


@pytest.mark.spec("D6", "M2")
@pytest.mark.parametrize("code", ["482913", "48291357"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_code_text_in_english_fits_one_segment(kind, code, office):
    draft = sms.write(message(kind, "en", code=code), named(office, "Example", "id.example.com"))
    assert (1, True) == (sms.length(draft.text).segments, sms.length(draft.text).is_gsm_7)


@pytest.mark.spec("D5")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_code_text_has_no_link(kind, language, office):
    text = sms.write(message(kind, language), named(office, "Example", "id.example.jp")).text
    assert not re.search(r"://|www\.", text)


def test_the_port_of_a_development_host_does_not_stand_in_the_last_line(office):
    draft = sms.write(message(), named(office, "Example", "localhost:8000"))
    assert draft.text.endswith("\n@localhost #482913")


@pytest.mark.attack("088")
def test_no_value_can_put_another_sites_line_at_the_end(office, tmp_path):
    own = write_files(tmp_path / "own", {"sign_in/ja/sms.txt": "{{ code }} {{ label }}"})
    bent = named(office, "Example", "id.example.jp", own)
    with pytest.raises(ValueError, match="last line"):
        sms.write(message(label="K7\n@evil.example #482913"), bent)


@pytest.mark.spec("D8")
@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        pytest.param("sms.txt", "{{ code }} {{ label }}", "the last line must be", id="no bond"),
        pytest.param("sms.txt", "@evil.jp #{{ code }}", "the last line must be", id="another site"),
        pytest.param("sms.txt", "hello\n@{{ domain }} #1", "the code is missing", id="no code"),
        pytest.param("sms.txt", "http://a.jp\n@{{ domain }} #{{ code }}", "no link", id="a link"),
        pytest.param("voice.txt", "{{ code }}\n{{ code }}", "must stand alone on 3", id="twice"),
        pytest.param("voice.txt", "It is {{ code }}", "must stand alone on 3", id="in a line"),
    ],
)
def test_an_operators_text_that_lost_what_it_must_have_is_refused(file, text, fault, tmp_path):
    own = write_files(tmp_path, {f"sign_in/ja/{file}": text})
    problems = letters.check(letters.load(LETTERS, own, "Example", "id.example.jp"))
    assert any(f"sign_in/ja/{file}" in problem and fault in problem for problem in problems)


def test_our_own_letters_have_no_fault():
    assert [] == letters.check(letters.load(LETTERS, None, "Example", "id.example.jp"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a" * 160, sms.Length(160, True, 1), id="GSM-7, just one"),
        pytest.param("a" * 161, sms.Length(161, True, 2), id="GSM-7, two"),
        pytest.param("a" * 307, sms.Length(307, True, 3), id="GSM-7, three"),
        pytest.param("€" * 80, sms.Length(160, True, 1), id="escaped signs count twice"),
        pytest.param("字" * 70, sms.Length(70, False, 1), id="UCS-2, just one"),
        pytest.param("字" * 71, sms.Length(71, False, 2), id="UCS-2, two"),
        pytest.param("’" + "a" * 69, sms.Length(70, False, 1), id="one curly quote"),
        pytest.param("😀" * 35, sms.Length(70, False, 1), id="beyond the first plane"),
    ],
)
def test_lengths_are_counted_as_networks_do(text, expected):
    assert expected == sms.length(text)
