"""The letters that ship: whole in both languages, without a link, and safe to paste as a whole."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.doors.house import LETTERS
from sekisho.ground.words import LANGUAGES, catalogue
from sekisho.journeys.security_info.rules import METHODS
from sekisho.records.delivery import letters
from sekisho.records.delivery.letters import Contents
from sekisho.records.notices import NOTICES
from tests.web import samples

NOW = datetime(2026, 3, 5, 5, 5, 12, tzinfo=UTC)
SHIPPED = letters.load(LETTERS, None, "Example", "id.example.com")
CODES = [kind for kind, form in LETTERS.items() if form.has_code]

BY_MAIL = [kind for kind, form in LETTERS.items() if not form.is_push]
every_letter = pytest.mark.parametrize("kind", BY_MAIL)
every_code = pytest.mark.parametrize("kind", CODES)
in_both = pytest.mark.parametrize("language", LANGUAGES)


def contents(language, kind, code="482913", **facts):
    has_code = kind in CODES
    return Contents(
        language=language,
        zone="Asia/Tokyo",
        created_at=NOW,
        ends_at=NOW + timedelta(minutes=5) if has_code else None,
        label="K7" if has_code else None,
        code=code if has_code else None,
        facts=samples.facts(language, kind) | facts,
    )


def written(language, kind):
    return letters.write(SHIPPED, kind, contents(language, kind))


class Said(HTMLParser):
    """The words of a mail, without its head."""

    def __init__(self, html):
        super().__init__()
        self.words = []
        self.feed(html.partition("<body")[2].partition(">")[2])

    def handle_data(self, data):
        self.words.append(data)


@in_both
@every_letter
def test_a_letter_is_whole_and_has_no_link(kind, language):
    letter = written(language, kind)
    for part in (letter.subject, letter.text, letter.html):
        assert part.strip()
        assert None is re.search(r"://|www\.|<a[\s>]|href|<img|<script", part)


@in_both
@every_letter
def test_the_html_says_the_same_words_as_the_text(kind, language):
    letter = written(language, kind)
    said = "".join(" ".join(Said(letter.html).words).split())
    assert "".join(letter.text.split()) == said


@in_both
def test_every_mail_has_the_same_head(language):
    heads = {written(language, kind).html.partition("<body")[0] for kind in BY_MAIL}
    assert 1 == len(heads)


@every_code
def test_the_subject_of_a_code_begins_with_the_code(kind):
    assert "482913 is your Example code" == written("en", kind).subject
    assert "482913：Exampleの確認コード" == written("ja", kind).subject


@pytest.mark.parametrize(
    ("language", "asked"),
    [("en", "5 March 2026, 14:05 (Japan time)"), ("ja", "2026年3月5日（木）14:05（日本時間）")],
)
@every_code
def test_a_code_letter_tells_all_that_the_owner_needs(kind, language, asked):
    """D5: code, label, device, place, time and zone, until when and how long, and the host."""
    text = written(language, kind).text
    told = ["K7", samples.DEVICE[language], samples.PLACE[language], asked, "14:10", "5"]
    assert [] == [one for one in [*told, "id.example.com"] if one not in text]
    assert "482913" == text.split()[0]


def runs(text):
    """Digit groups joined only by spaces, dashes or zero-width signs are one run (spec C7)."""
    joined = re.findall(r"\d(?:[\s\-\u2010-\u2015\u200b-\u200d\u2060\ufeff\u00ad]*\d)*", text)
    return {re.sub(r"\D", "", run) for run in joined}


def codes_in(letter):
    return {run for run in runs(f"{letter.subject}\n{letter.text}") if len(run) in {6, 8}}


# Nobody's name or device holds as many digits in a row as a code.
short_words = st.text("abcあ漢 .:-1", min_size=1, max_size=12).filter(
    lambda text: text.strip() and not any(len(run) > 3 for run in runs(text))
)


@in_both
@every_code
@given(code=st.from_regex(r"\A(?:[0-9]{6}|[0-9]{8})\Z"), data=st.data())
def test_pasting_the_whole_letter_gives_its_code_and_nothing_else(kind, language, code, data):
    service, host, device, place = (data.draw(short_words) for _ in range(4))
    named = replace(SHIPPED, service=service, host=host)
    letter = letters.write(named, kind, contents(language, kind, code, device=device, place=place))
    assert {code} == codes_in(letter)


@in_both
@pytest.mark.parametrize("kind", sorted(set(BY_MAIL) - set(CODES)))
def test_a_notice_holds_nothing_that_looks_like_a_code(kind, language):
    assert set() == codes_in(written(language, kind))


@in_both
@pytest.mark.spec("N3")
@pytest.mark.parametrize("kind", sorted(told.value for told in NOTICES))
def test_a_notice_leads_to_the_activity_by_telling_people_to_open_the_site(kind, language):
    text = written(language, kind).text
    assert "id.example.com" in text
    assert catalogue(language)["frame.activity"] in text


@in_both
@pytest.mark.spec("P8")
@pytest.mark.parametrize("letter", ["method_added", "method_removed"])
def test_a_notice_of_a_method_calls_each_kind_by_another_name(letter, language):
    first = contents(language, letter)
    told = [
        letters.write(SHIPPED, letter, replace(first, facts={**first.facts, "kind": kind})).text
        for kind in METHODS
    ]
    assert len(told) == len(set(told))


@in_both
@every_letter
def test_a_letter_names_pages_as_the_pages_do(kind, language):
    """What a letter quotes is what the menu or the button says."""
    named = re.findall(r"[“「](.+?)[”」]", written(language, kind).text)
    assert set() == set(named) - set(catalogue(language).values())
