"""What enrolling works with, besides who asks."""

from dataclasses import dataclass

from sekisho.authenticators import password
from sekisho.ground.db import Database
from sekisho.journeys.security_info.rules import Policy


@dataclass(frozen=True, slots=True)
class Means:
    """The store, the policy, and where passwords are hashed."""

    db: Database
    policy: Policy
    passwords: password.Desk
