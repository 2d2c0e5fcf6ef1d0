"""Security info: a person's contacts, and the step-up that each change needs (spec P8)."""

from sekisho.journeys.security_info.road import road
from sekisho.journeys.security_info.rules import Policy

__all__ = ["Policy", "road"]
