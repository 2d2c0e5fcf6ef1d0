"""Refusals at the edge: problem+json (RFC 9457) for programs, words for people."""

from datetime import UTC, datetime
from math import ceil

import msgspec

from sekisho.ground import words
from sekisho.ground.refusal import Reason, Refused
from sekisho.web.calls import Call


class ErrorPart(msgspec.Struct):
    """One part of the input that is wrong."""

    pointer: str
    code: str
    detail: str


class Problem(msgspec.Struct, omit_defaults=True):
    """The shape of every refusal (API.md, "Refusals")."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    user_message: str
    left: int | None = None
    retry_at: str | None = None
    label: str | None = None
    sent_at: str | None = None
    errors: list[ErrorPart] | None = None
    purpose: str | None = None
    act: str | None = None


def problem(refused: Refused, call: Call, origin: str) -> Problem:
    """Return the problem that a program reads."""
    reason, visitor = refused.reason, call.visitor
    language = refused.language or visitor.language
    errors = None
    if refused.pointer is not None:
        detail = refused.detail or reason.sentence
        errors = [ErrorPart(refused.pointer, refused.flaw or reason.value, detail)]
    return Problem(
        type=f"{origin}/problems/{reason.value}",
        title=reason.value.replace("_", " ").capitalize(),
        status=reason.status,
        detail=refused.detail or reason.sentence,
        code=reason.value,
        request_id=call.request_id,
        user_message=words.refusal(language, refused, visitor.zone, call.now),
        left=refused.left,
        retry_at=show(refused.retry_at) if refused.retry_at else None,
        label=refused.label if reason is Reason.CODE_EARLIER else None,
        sent_at=show(refused.sent_at) if refused.sent_at else None,
        errors=errors,
        purpose=refused.purpose if refused.act else None,
        act=refused.act,
    )


def retry_after(refused: Refused, now: datetime) -> str | None:
    """Return the seconds of Retry-After, never earlier than `retry_at`."""
    if refused.retry_at is None:
        return None
    return str(max(1, ceil((refused.retry_at - now).total_seconds())))


def show(at: datetime) -> str:
    """Return an instant as the API writes it: RFC 3339 in UTC, exact, so that no wait is short."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
