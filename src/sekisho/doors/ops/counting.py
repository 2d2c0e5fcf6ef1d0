"""What a serving process counts for `/metrics`, where a management port listens."""

from collections.abc import Callable
from functools import lru_cache

FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def counter() -> Callable[[str, str, int], None]:
    """Return what counts one answer by method, route and status: never by person (K4)."""
    # Imported here: the package reads its environment when it is imported.
    from prometheus_client import Counter  # noqa: PLC0415

    answers = Counter(
        "sekisho_answers", "Answers by method, route and status.", ("method", "route", "status")
    )

    @lru_cache(maxsize=512)
    def one(method: str, route: str, status: int) -> Callable[[], None]:
        return answers.labels(method, route, str(status)).inc

    def count(method: str, route: str, status: int) -> None:
        one(method, route, status)()

    return count
