"""What all routes share: where the service is, who may stand before it, how its pages look."""

from collections.abc import Callable
from dataclasses import dataclass

from sekisho.ground import networks
from sekisho.ground.db import Database
from sekisho.ground.networks import Networks
from sekisho.web.rendering import Pages


def _uncounted(method: str, route: str, status: int) -> None:
    """Count nothing: no management port listens."""
    del method, route, status


@dataclass(frozen=True, slots=True)
class Site:
    """The service as every request meets it."""

    db: Database
    pages: Pages
    service_name: str
    zone: str
    origin: str  # of the public URL; "" where any host is accepted (dev)
    trusted: Networks = networks.NO_NETWORKS
    is_secure: bool = False
    count: Callable[[str, str, int], None] = _uncounted

    @property
    def host(self) -> str:
        """Return the host of the public URL, with its port."""
        return self.origin.partition("://")[2]
