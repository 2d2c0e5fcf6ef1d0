"""What all HTTP gateways have in common: which answers mean what, and for how long one waits."""

from datetime import timedelta
from typing import assert_never

from sekisho.records.delivery.providers.http_line import Answer, Unanswered, Unreached
from sekisho.records.delivery.rules import Accepted, Deferred, Rejected

PATIENCE = timedelta(seconds=10)  # when nobody else could take the message

_ACCEPTED = range(200, 300)
_OF_THE_MESSAGE = (400, 422)  # every other refusal is the operator's to mend: login, address, money
_NOT_TAKEN = (429, 503)  # RFC 6585 §4, RFC 9110 §15.6.4
_BROKEN = range(500, 600)


def judge(
    name: str, answer: Answer | Unreached | Unanswered, said: str = ""
) -> Accepted | Deferred | Rejected:
    """Say what an answer means; `said` is what to keep of it, without anything of a person."""
    match answer:
        case Unreached(cause):
            return Deferred(f"{name}: {cause}")
        case Unanswered(cause):
            return Deferred(f"{name}: {cause}, so it may have arrived", is_unsure=True)
        case Answer(status):
            return _judge_status(name, status, f"{name}: {status} {said}".rstrip())
        case _:
            assert_never(answer)


def _judge_status(name: str, status: int, told: str) -> Accepted | Deferred | Rejected:
    if status in _ACCEPTED:
        return Accepted(told)
    if status in _OF_THE_MESSAGE:
        return Rejected(told)
    if status in _BROKEN and status not in _NOT_TAKEN:
        return Deferred(f"{told}, so {name} may have taken it", is_unsure=True)
    return Deferred(told)
