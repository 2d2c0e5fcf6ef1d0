"""The words of kinds that no page says yet: every language has the same, with the same values."""

import re
import string
import tomllib

import pytest

from tests.support import source

FOLDERS = ("totp", "recovery_code", "passkey", "password")


def flat(table, prefix=""):
    """Every sentence by its dotted key."""
    return {
        key: sentence
        for name, value in table.items()
        for key, sentence in (
            flat(value, f"{prefix}{name}.")
            if isinstance(value, dict)
            else {f"{prefix}{name}": value}
        ).items()
    }


def words(kind, language):
    path = source.PACKAGE / "authenticators" / kind / "words" / f"{language}.toml"
    return flat(tomllib.loads(path.read_text(encoding="utf-8")))


def placeholders(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("kind", FOLDERS)
def test_both_languages_say_the_same_things(kind):
    english, japanese = words(kind, "en"), words(kind, "ja")
    assert list(english) == list(japanese)
    assert {key: placeholders(text) for key, text in english.items()} == {
        key: placeholders(text) for key, text in japanese.items()
    }


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("kind", FOLDERS)
def test_no_sentence_blames_or_is_empty(kind, language):
    found = words(kind, language).values()
    banned = ("invalid", "please", "sorry", "Please", "不正", "無効", "させていただ")
    assert all(text.strip() for text in found)
    assert [] == [text for text in found for word in banned if word in text]


@pytest.mark.parametrize("kind", FOLDERS)
def test_a_japanese_sentence_has_at_most_fifty_signs(kind):
    sentences = [part for text in words(kind, "ja").values() for part in re.split("[。\n]", text)]
    assert [] == [part for part in sentences if len(part) > 50]
