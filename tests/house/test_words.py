"""What people read exists in every language, with the same values to fill in."""

import string

import pytest

from sekisho.authenticators import KINDS
from sekisho.ground.refusal import Reason
from sekisho.ground.words import LANGUAGES, catalogue
from sekisho.records.activity.events import KINDS as EVENTS
from sekisho.records.flows import Purpose

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
@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_is_worded(kind, language):
    assert f"event.{kind}" in catalogue(language)


@pytest.mark.parametrize("purpose", [one for one in Purpose if one is not Purpose.VERIFY_CONTACT])
def test_what_a_phone_may_be_asked_for_is_worded(purpose):
    """A contact is verified by a code to it alone, never by a phone that approves."""
    assert f"push.what_{purpose.word}" in catalogue("en")


@pytest.mark.parametrize("proved", [*(kind.name for kind in KINDS), "security_key", "push_6"])
def test_what_a_session_may_say_was_proved_is_worded(proved):
    """Beside the kinds: a passkey that verified nobody, and a phone that took six digits."""
    assert f"way.{proved}" in catalogue("en")
