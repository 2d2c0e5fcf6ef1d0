"""The test message of `sekisho doctor mail ADDRESS`: a real letter on the real road."""

from base64 import b32encode

from sekisho.doors import house
from sekisho.doors.settings import Settings
from sekisho.ground import ids
from sekisho.ground.chance import SystemChance
from sekisho.ground.clock import SystemClock, micros
from sekisho.records.delivery.channels import Addressed, email
from sekisho.records.delivery.letters import Contents
from sekisho.records.delivery.rules import Accepted, Deferred, Rejected

_TOKEN_BYTES = 10


def send(settings: Settings, to: str) -> str | None:
    """Hand a sample of the sign-in notice over; return what the server said against it."""
    office, chance, now = house.post_office(settings, None), SystemChance(), SystemClock().now()
    number = ids.made(now, chance.below(1 << ids.CHANCE_BITS))
    message = Addressed(
        id=ids.show("msg", number),
        kind="new_sign_in",
        channel="email",
        token=b32encode(chance.octets(_TOKEN_BYTES)).decode().lower(),
        to=to,
        contents=Contents(
            language="en",
            zone=settings.text("time_zone"),
            created_at=now,
            ends_at=None,
            label=None,
            code=None,
            facts={"device": "sekisho doctor", "place": "a test", "asked_at": micros(now)},
        ),
        now=now,
    )
    outcome = office.providers["email"].send(email.write(message, office))
    office.close()
    match outcome:
        case Accepted():
            return None
        case Deferred(cause) | Rejected(cause):
            return cause
