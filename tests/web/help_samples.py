"""What the pages of help are shown with in tests; samples.py gathers them."""

from typing import Any

from sekisho.authenticators.kinds import KINDS
from sekisho.journeys.help.comparing import strongest_first


def pages(framed: dict[str, Any], outside: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return a context for each state of each page; `outside` is the frame of a stranger."""
    kinds = [
        {
            "kind": kind.name,
            "level": kind.assurance,
            "is_phishing_resistant": kind.is_phishing_resistant,
            "is_restricted": kind.is_restricted,
        }
        for kind in strongest_first(KINDS)
    ]
    compared = {"path": "/help/methods", "kinds": kinds}
    restricted = [{**kinds[-1], "is_restricted": True}]
    return {
        "help/methods.html#first": {**framed, **compared},
        "help/methods.html#stranger": {**outside, **compared},
        "help/recovery.html#first": {**outside, "path": "/recovery"},
        "help/recovery.html#signed_in": {**framed, "path": "/recovery"},
        "help/methods.html#restricted": {**outside, **compared, "kinds": restricted},
    }
