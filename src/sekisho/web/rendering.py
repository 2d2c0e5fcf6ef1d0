"""Pages from templates: one Jinja environment per language, everything escaped.

Knows no feature: doors hand in the folders. A template is named by its feature and its file,
`sign_in/code.html`, so that two features may use the same file name.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from types import CodeType

from jinja2 import BytecodeCache, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from sekisho.ground import words
from sekisho.ground.refusal import Refused

_UNBROKEN = re.compile(r"\b[Ee]-mail|\+\d[\d ]+\d|\d+(?:-[0-9A-Za-z]+)+|方法")


@dataclass(frozen=True, slots=True)
class Pages:
    """The templates of every feature, by language."""

    environments: Mapping[str, Environment]


def load(folders: Iterable[Path]) -> Pages:
    """Gather the `templates` folders of features; a template is compiled at its first use."""
    loader = PrefixLoader(
        {folder.parent.name: FileSystemLoader(folder) for folder in (_frame(), *folders)}
    )
    return Pages({language: _environment(loader, language) for language in words.LANGUAGES})


def render(pages: Pages, name: str, language: str, context: Mapping[str, object]) -> str:
    """Return the page; a value that the template wants and the context lacks is an error."""
    template = pages.environments[language].get_template(name)
    return template.render(context, language=language)


class _Compiled(BytecodeCache):
    """What templates became: once for all languages, as the words are looked up at each use.

    A class because Jinja wants one.
    """

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what the same source became."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what a source became."""
        if bucket.code is not None:
            self._kept[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def _frame() -> Path:
    return Path(__file__).parent / "templates"


def _environment(loader: PrefixLoader, language: str) -> Environment:
    environment = Environment(
        loader=loader,
        bytecode_cache=_COMPILED,
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_words_for_pages(language))
    return environment


def _words_for_pages(language: str) -> Mapping[str, Callable[..., object]]:
    return {
        "t": partial(_sentence, language),
        "plural": partial(_plural, language),
        "phrase": partial(_phrase, language),
        "moment": partial(_moment, language),
        "clock": partial(_clock, language),
        "day": partial(_day, language),
        "zone_label": partial(_zone_label, language),
        "length": partial(_length, language),
        "refusal": partial(_refusal, language),
        "seconds_until": _seconds_until,
    }


def _sentence(language: str, key: str, **values: object) -> Markup:
    """Return the sentence with its values escaped; values that are Markup stand as they are."""
    sentence = _safe(language, key)
    return Markup(sentence.format(**{name: escape(value) for name, value in values.items()}))  # noqa: S704 - both parts are escaped above


@cache
def _safe(language: str, key: str) -> str:
    return str(_whole(words.catalogue(language)[key]))


def _whole(sentence: str) -> Markup:
    """Return the sentence escaped; what browsers tear, hyphens first, stays on one line."""
    kept = _UNBROKEN.sub(r'<span class="whole">\g<0></span>', str(escape(sentence)))
    return Markup(kept)  # noqa: S704 - what was escaped, in an element


def _plural(language: str, key: str, count: int, **values: object) -> Markup:
    number = "one" if count == 1 else "other"
    return _sentence(language, f"{key}.{number}", count=count, **values)


def _phrase(language: str, key: str) -> str:
    """Return a sentence with its places left open, for a module of the page to fill."""
    return words.catalogue(language)[key]


def _moment(language: str, instant: datetime, zone: str) -> Markup:
    return _time(instant, words.moment(instant, zone, language))


def _clock(_language: str, instant: datetime, zone: str) -> Markup:
    return _time(instant, words.clock(instant, zone))


def _day(language: str, instant: datetime, zone: str) -> str:
    return words.day(instant, zone, language)


def _zone_label(language: str, zone: str) -> str:
    return words.zone_label(zone, language)


def _length(language: str, minutes: int) -> str:
    return words.length(timedelta(minutes=minutes), language)


def _refusal(language: str, refused: Refused, zone: str, now: datetime) -> Markup:
    return _whole(words.refusal(language, refused, zone, now))


def _time(instant: datetime, shown: str) -> Markup:
    machine = instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}">{}</time>').format(machine, shown)


def _seconds_until(instant: datetime, now: datetime) -> int:
    return max(0, round((instant - now).total_seconds()))
