"""The gateways of one channel, by their URLs, and what their callbacks are verified with.

A gateway is a module and a line in `open_gateways`. Imported only where one is set: httpx2 costs
0.2 s, which a service with e-mail alone does not pay.
"""

from sekisho.records.delivery import signing
from sekisho.records.delivery.callbacks import CallbackKeys
from sekisho.records.delivery.failover import Failover, Gateway, Patience
from sekisho.records.delivery.providers import gateway_url, twilio
from sekisho.records.delivery.providers.twilio import Twilio
from sekisho.records.delivery.providers.webhook import OPTIONS, Webhook

_PATIENCE = Patience()


def open_gateways(
    urls: str, callback: str | None = None, patience: Patience = _PATIENCE
) -> Failover:
    """Return the provider of a channel; URLs stand between blanks, the preferred one first.

    `callback` is our own `https://HOST/…` that Twilio tells results to. ValueError says what to
    write instead.
    """
    return Failover([_open(url, callback) for url in urls.split()], patience)


def callback_keys(urls: str) -> CallbackKeys:
    """Return what the callbacks of these gateways are verified with."""
    tokens, secrets = [], []
    for url in urls.split():
        match _scheme(url):
            case "twilio":
                tokens.append(gateway_url.parse(url, twilio.OPTIONS).secret)
            case _:
                options = gateway_url.parse(url, OPTIONS).options
                secrets.append(signing.read_secret(options.get("secret", "")))
    return CallbackKeys(tuple(tokens), tuple(secrets))


def _open(url: str, callback: str | None) -> Gateway:
    match _scheme(url):
        case "twilio":
            return Twilio(url, callback)
        case "webhook":
            return Webhook(url)
        case _:
            raise ValueError("a gateway's URL begins with twilio:// or webhook://")


def _scheme(url: str) -> str:
    return url.partition("://")[0].lower()
