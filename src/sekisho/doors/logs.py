"""Logs: one JSON line an event on stderr, with ids; never an address, a code or a token."""

import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog


def configure() -> None:
    """Send structlog's events to stderr as JSON lines (attack 101: the encoder escapes)."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _place_of_failure,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _place_of_failure(
    logger: object, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Turn an exception into its type and the lines it passed: neither its text nor any value.

    # Threat: 027, what failed may hold an address, a code or a token (test_logs).
    """
    del logger, method
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        event["exception"] = type(error).__name__
        event["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event
