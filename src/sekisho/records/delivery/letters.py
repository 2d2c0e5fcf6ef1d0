"""Letters: whole files in each language, which features own and an operator may replace one by one.

A kind's folder holds `<language>/{subject.txt,body.txt,body.html}`; what phones get, `sms.txt` and
`voice.txt`, several kinds may share. The operator's file at `<folder>/<kind>/<language>/<file>`
stands before them. Doors name the kinds, `check` at start-up.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    select_autoescape,
)

from sekisho.ground import words
from sekisho.ground.clock import instant

PARTS = ("subject.txt", "body.txt", "body.html")
PHONE_PARTS = ("sms.txt", "voice.txt")
PUSH_PARTS = ("push.txt",)
_LONGEST_SUBJECT = 200  # signs
_SAMPLE_CODE = "482913"
_TIMES_SAID = 3  # how often a call says the code (spec D1)
_SAMPLE_ASKED = datetime.fromisoformat("2026-03-05T05:05:00+00:00")
# Threat: a code letter with a link teaches people to follow links in mail.
# (spec D5; test_delivery_letters)
_LINK = re.compile(r"://|www\.|<a[\s>]|href\s*=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of letter: where it lies, whether it carries a code, and samples of its facts.

    `phone` is the folder of its texts for phones; a kind without one goes by e-mail only, or by
    push only: that has two lines, a title and a text.
    """

    folder: Path
    has_code: bool = False
    facts: Mapping[str, str | int] = field(default_factory=dict)
    phone: Path | None = None
    is_push: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """The files that this kind needs in each language."""
        if self.is_push:
            return PUSH_PARTS
        return PARTS if self.phone is None else (*PARTS, *PHONE_PARTS)


@dataclass(frozen=True, slots=True)
class Letters:
    """Every kind of letter, ready to be written in the name of one service."""

    forms: Mapping[str, Form]
    environments: Mapping[str, Environment]
    own: Path | None
    service: str
    host: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a letter says: its code and label, its times, and the facts of its kind."""

    language: str
    zone: str
    created_at: datetime
    ends_at: datetime | None
    label: str | None
    code: str | None = field(repr=False)
    facts: Mapping[str, str | int] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Written:
    """A letter in words; the subject is one line."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)


def load(forms: Mapping[str, Form], own: Path | None, service: str, host: str) -> Letters:
    """Gather the letters of these kinds; `own` is the operator's folder."""
    environments = {kind: _environment(kind, form, own) for kind, form in forms.items()}
    return Letters(forms, environments, own, service, host)


def write(letters: Letters, kind: str, contents: Contents) -> Written:
    """Write one letter; jinja2.TemplateError when a template wants what is not there."""
    environment = letters.environments[kind]
    context = {**environment.globals, **_context(letters, contents)}
    subject, text, html = (
        _fill(environment.get_template(f"{contents.language}/{part}"), context) for part in PARTS
    )
    return Written(" ".join(subject.split()), text, html)


def write_part(letters: Letters, kind: str, contents: Contents, part: str) -> str:
    """Write one file of a letter, such as `sms.txt`; jinja2.TemplateError when it is not there."""
    environment = letters.environments[kind]
    context = {**environment.globals, **_context(letters, contents)}
    return _fill(environment.get_template(f"{contents.language}/{part}"), context).strip()


def bound_line(letters: Letters, code: str) -> str:
    """Return the last line of an SMS with a code, which binds it to our site (spec D6, WebOTP)."""
    return f"@{_domain(letters.host)} #{code}"


def _domain(host: str) -> str:
    return host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host


def _fill(template: Template, context: dict[str, Any]) -> str:
    # `template.render` copies the context each time; one for all three parts is a third cheaper.
    return "".join(template.root_render_func(template.new_context(context, shared=True)))


def check(letters: Letters) -> list[str]:
    """Write every letter in every language and return what is wrong with them, for the operator."""
    problems = list(_strangers(letters))
    for kind in letters.forms:
        for language in words.LANGUAGES:
            problems += (f"{kind}/{language}/{said}" for said in _faults(letters, kind, language))
    return problems


def sample(letters: Letters, part: str) -> str:
    """Write one file of a sign-in code in Japanese with sample values, to be measured."""
    contents = _sample(letters.forms["sign_in"], "ja")
    return write_part(letters, "sign_in", contents, part)


def _environment(kind: str, form: Form, own: Path | None) -> Environment:
    places = [form.folder] if form.phone is None else [form.folder, form.phone]
    if own is not None:
        places.insert(0, own / kind)
    return Environment(
        loader=ChoiceLoader([FileSystemLoader(place) for place in places]),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _context(letters: Letters, contents: Contents) -> dict[str, str | int]:
    asked = words.moment(contents.created_at, contents.zone, contents.language)
    context: dict[str, str | int] = {
        "service": letters.service,
        "host": letters.host,
        "domain": _domain(letters.host),
        "at": asked,
        "asked_at": asked,
    }
    for name, value in contents.facts.items():
        context[name] = _fact(name, value, contents)
    if contents.code is not None:
        context["code"] = contents.code
        context["label"] = contents.label or ""
    if contents.ends_at is not None:
        life = contents.ends_at - contents.created_at
        context["until"] = words.clock(contents.ends_at, contents.zone)
        context["minutes"] = max(1, round(life / timedelta(minutes=1)))
    return context


def _fact(name: str, value: str | int, contents: Contents) -> str | int:
    is_instant = name in {"at", "since"} or name.endswith("_at")
    if isinstance(value, int) and is_instant:
        return words.moment(instant(value), contents.zone, contents.language)
    return value


def _faults(letters: Letters, kind: str, language: str) -> Iterator[str]:
    """Yield `<file>: <what is wrong>` for one letter in one language."""
    form = letters.forms[kind]
    context = _context(letters, _sample(form, language))
    for part in form.parts:
        try:
            said = letters.environments[kind].get_template(f"{language}/{part}").render(context)
        except (TemplateError, OSError, UnicodeDecodeError) as error:
            yield f"{part}: cannot be written: {error}"
            continue
        yield from (f"{part}: {fault}" for fault in _faults_of(part, said, has_code=form.has_code))
        if form.has_code:
            yield from (f"{part}: {fault}" for fault in _phone_faults(letters, part, said))


def _faults_of(part: str, said: str, *, has_code: bool) -> Iterator[str]:
    if part == "subject.txt":
        subject = said.strip()
        if not subject or len(subject) > _LONGEST_SUBJECT or "\n" in subject:
            yield f"must be one line of 1 to {_LONGEST_SUBJECT} signs"
    if has_code and _SAMPLE_CODE not in said:
        yield "the code is missing; write {{ code }} where it belongs"
    if has_code and _LINK.search(said):
        yield "a code letter has no link: no ://, no www. and no <a"


def _phone_faults(letters: Letters, part: str, said: str) -> Iterator[str]:
    lines = said.strip().splitlines()
    if part == "sms.txt" and lines[-1:] != [bound_line(letters, _SAMPLE_CODE)]:
        yield "the last line must be: @{{ domain }} #{{ code }}"
    if part == "voice.txt" and lines.count(_SAMPLE_CODE) < _TIMES_SAID:
        yield f"{{{{ code }}}} must stand alone on {_TIMES_SAID} lines; each is said digit by digit"


def _sample(form: Form, language: str) -> Contents:
    return Contents(
        language=language,
        zone="Asia/Tokyo",
        created_at=_SAMPLE_ASKED,
        ends_at=_SAMPLE_ASKED + timedelta(minutes=10) if form.has_code else None,
        label="K7" if form.has_code else None,
        code=_SAMPLE_CODE if form.has_code else None,
        facts=form.facts,
    )


def _strangers(letters: Letters) -> Iterator[str]:
    """Yield the operator's files that no letter reads: a slip in a name would go unseen."""
    if letters.own is None:
        return
    if not letters.own.is_dir():
        yield f"{letters.own}: is no folder"
        return
    for path in sorted(path for path in letters.own.rglob("*") if path.is_file()):
        parts = path.relative_to(letters.own).parts
        match parts:
            case (kind, language, name) if (
                kind in letters.forms
                and language in words.LANGUAGES
                and name in letters.forms[kind].parts
            ):
                continue
            case _:
                yield f"{'/'.join(parts)}: no letter reads this file"
