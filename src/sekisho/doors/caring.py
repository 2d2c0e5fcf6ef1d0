"""The ways in to what helps people look after an account: comparison, notices, tests."""

from sekisho.doors import policies
from sekisho.doors.settings import Settings
from sekisho.ground.db import Database
from sekisho.journeys import security_info
from sekisho.journeys.contact_tests import api as tests_api
from sekisho.journeys.contact_tests import pages as tests_pages
from sekisho.journeys.help import api as help_api
from sekisho.journeys.help import pages as help_pages
from sekisho.journeys.notice_choices import api as notices_api
from sekisho.journeys.notice_choices import pages as notices_pages
from sekisho.journeys.security_info import checkup_api
from sekisho.web.routing import Route


def programs(db: Database, settings: Settings, policy: security_info.Policy) -> tuple[Route, ...]:
    """Return the ways in for programs."""
    return (
        *help_api.routes(),
        *notices_api.routes(db, policy.sessions),
        *tests_api.routes(db, policies.tests(settings, policy)),
        *checkup_api.routes(db, policy),
    )


def pages(db: Database, settings: Settings, policy: security_info.Policy) -> tuple[Route, ...]:
    """Return the ways in for people."""
    return (
        *help_pages.routes(db, policy.sessions),
        *notices_pages.routes(db, policy.sessions),
        *tests_pages.routes(db, policies.tests(settings, policy)),
    )
