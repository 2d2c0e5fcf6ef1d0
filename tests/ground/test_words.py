"""Sentences, dates and refusals as people read them, in both languages."""

from datetime import UTC, datetime, timedelta

import pytest

from sekisho.ground import words
from sekisho.ground.refusal import Reason, Refused

NOW = datetime(2026, 3, 5, 5, 5, tzinfo=UTC)
ZONE = "Asia/Tokyo"


@pytest.mark.parametrize(
    ("header", "wanted", "expected"),
    [
        pytest.param("", None, "en", id="nothing said"),
        pytest.param("ja", None, "ja", id="ja"),
        pytest.param("ja-JP,en;q=0.8", None, "ja", id="a region is set aside"),
        pytest.param("en;q=0.3, JA ; q=0.9", None, "ja", id="the weights decide"),
        pytest.param("fr, de;q=0.9", None, "en", id="none of ours"),
        pytest.param("fr, ja;q=0.1", None, "ja", id="the only one of ours"),
        pytest.param("ja;q=0, en;q=0.1", None, "en", id="refused by the reader"),
        pytest.param("ja;q=nan, en;q=0.1", None, "en", id="no weight"),
        pytest.param("ja;level=1", None, "en", id="something else than a weight"),
        pytest.param("en", "ja", "ja", id="chosen by hand"),
        pytest.param("ja", "fr", "ja", id="chosen, but not ours"),
        pytest.param("x," * 5_000 + "ja", None, "en", id="longer than is read"),
    ],
)
def test_the_language_is_the_chosen_one_or_the_browsers_best(header, wanted, expected):
    assert expected == words.choose(header, wanted)


def test_a_missing_key_is_an_error():
    with pytest.raises(KeyError):
        words.text("en", "no.such.key")


def test_a_missing_value_is_an_error():
    with pytest.raises(KeyError):
        words.text("en", "frame.request")


def test_one_and_many_have_their_own_sentences():
    assert "1 minute" == words.plural("en", "time.minutes", 1)
    assert "2 minutes" == words.plural("en", "time.minutes", 2)
    assert "2分" == words.plural("ja", "time.minutes", 2)


@pytest.mark.parametrize(
    ("zone", "language", "expected"),
    [
        ("Asia/Tokyo", "en", "5 March 2026, 14:05 (Japan time)"),
        ("Asia/Tokyo", "ja", "2026年3月5日（木）14:05（日本時間）"),
        ("America/New_York", "en", "5 March 2026, 00:05 (United States (New York) time)"),
        ("Etc/GMT+9", "ja", "2026年3月4日（水）20:05（UTC-0900）"),
        ("UTC", "en", "5 March 2026, 05:05 (UTC)"),
        ("UTC", "ja", "2026年3月5日（木）05:05（協定世界時）"),
    ],
)
def test_a_moment_names_date_time_and_zone(zone, language, expected):
    assert expected == words.moment(NOW, zone, language)


@pytest.mark.parametrize(
    "zone",
    [
        "",
        "Nowhere/Here",
        "Asia",
        "../../etc/passwd",
        "/etc/passwd",
        "A" * 65,
        "a\0b",
        "日本",
        "UTC\n",
    ],
)
def test_a_zone_that_does_not_exist_is_utc(zone):
    assert "5 March 2026, 05:05 (UTC)" == words.moment(NOW, zone, "en")


def test_a_time_on_another_day_says_which():
    assert "14:35" == words.when(NOW + timedelta(minutes=30), NOW, ZONE, "en")
    assert "6 March 2026, 14:05" == words.when(NOW + timedelta(days=1), NOW, ZONE, "en")
    assert "2026年3月6日（金）14:05" == words.when(NOW + timedelta(days=1), NOW, ZONE, "ja")


def test_a_heading_of_a_day_names_its_weekday():
    assert "Thursday, 5 March 2026" == words.day(NOW, ZONE, "en")
    assert "2026年3月5日（木）" == words.day(NOW, ZONE, "ja")


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param(-5, "1 second", id="already over"),
        pytest.param(0.2, "1 second", id="rounded up"),
        pytest.param(90, "90 seconds", id="the last in seconds"),
        pytest.param(90.1, "2 minutes", id="the first in minutes"),
        pytest.param(7200, "120 minutes", id="the last in minutes"),
        pytest.param(7201, "3 hours", id="the first in hours"),
        pytest.param(172_801, "3 days", id="the first in days"),
    ],
)
def test_a_length_is_rounded_up_in_the_unit_people_use(seconds, expected):
    assert expected == words.length(timedelta(seconds=seconds), "en")


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("reason", Reason)
def test_every_refusal_speaks_with_all_its_facts_and_with_none(reason, language):
    later = NOW + timedelta(seconds=24)
    full = Refused(reason, retry_at=later, left=2, label="K7", sent_at=NOW)
    assert words.refusal(language, full, ZONE, NOW)
    assert words.refusal(language, Refused(reason), ZONE, NOW)


@pytest.mark.parametrize(
    ("refused", "expected"),
    [
        pytest.param(
            Refused(Reason.CODE_WRONG, left=3, label="K7"),
            "That code doesn't match. Check the message with request K7. You have 3 tries left.",
            id="wrong, three left",
        ),
        pytest.param(
            Refused(Reason.CODE_WRONG, left=0, label="K7"),
            "That code doesn't match, and it was the last try. Get a new code.",
            id="wrong, none left",
        ),
        pytest.param(
            Refused(Reason.CODE_EARLIER, label="K7", sent_at=NOW),
            "That is an earlier code. Use the one from 14:05 marked K7.",
            id="earlier",
        ),
        pytest.param(
            Refused(Reason.TOO_SOON, retry_at=NOW + timedelta(seconds=24)),
            "It is too soon for a new code. You can get one in 24 seconds.",
            id="too soon",
        ),
        pytest.param(
            Refused(Reason.TOO_MANY_REQUESTS, retry_at=NOW + timedelta(minutes=30)),
            "There were too many requests. You can go on at 14:35.",
            id="too many",
        ),
    ],
)
def test_a_refusal_says_what_to_do_next(refused, expected):
    assert expected == words.refusal("en", refused, ZONE, NOW)


@pytest.mark.parametrize("reason", [Reason.TOO_MANY_TRIES, Reason.CODE_EXPIRED, Reason.CODE_USED])
@pytest.mark.parametrize("kind", ["password", "passkey", "totp", "recovery_code"])
def test_what_sends_no_code_speaks_of_none(reason, kind):
    """A new code cannot be had for it: "get a new one" leads nowhere."""
    refused = Refused(reason, retry_at=NOW + timedelta(hours=1), kind=kind)
    assert "et a new" not in words.refusal("en", refused, ZONE, NOW)
    assert "新しいコードを送" not in words.refusal("ja", refused, ZONE, NOW)


def test_two_sentences_stand_as_the_language_wants_it():
    refused = Refused(Reason.CODE_WRONG, left=1, label="K7")
    said = words.refusal("ja", refused, ZONE, NOW)
    assert (
        "コードが一致しません。受付番号 K7 のメッセージを確認してください。あと1回入力できます。"
        == said
    )


@pytest.mark.parametrize(
    "word", ["please", "sorry", "invalid", "oops", "forbidden", "不正", "無効な", "半角"]
)
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_no_sentence_blames_or_begs(language, word):
    sentences = words.catalogue(language).values()
    assert [] == [sentence for sentence in sentences if word in sentence.lower()]


def test_japanese_sentences_are_short():
    """One idea each: at most 50 characters, what is filled in not counted (EXPERIENCE 2.4)."""
    too_long = [
        sentence
        for text in words.catalogue("ja").values()
        for sentence in text.split("。")
        if len(sentence) > 60
    ]
    assert [] == too_long
