"""What people read exists in every language, with the same values to fill in."""

import string

import pytest

from sekisho.ground.refusal import Reason
from sekisho.ground.words import LANGUAGES, catalogue
from sekisho.records.activity.events import KINDS

# Each language has its own way with dates: a Japanese one names the weekday.
OWN_WAY = {"time.date"}
OTHERS = [language for language in LANGUAGES if language != "en"]


def placeholders(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_sentences(language):
    assert set(catalogue("en")) == set(catalogue(language))


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_fills_in_the_same_values(language):
    theirs = catalogue(language)
    different = {
        key: (sentence, theirs[key])
        for key, sentence in catalogue("en").items()
        if key in theirs.keys() - OWN_WAY and placeholders(sentence) != placeholders(theirs[key])
    }
    assert {} == different


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty(language):
    assert [] == [key for key, sentence in catalogue(language).items() if not sentence.strip()]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", Reason)
def test_a_refusal_is_worded(reason, language):
    assert f"refusal.{reason}" in catalogue(language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_an_event_is_worded(kind, language):
    assert f"event.{kind}" in catalogue(language)
