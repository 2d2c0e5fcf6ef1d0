"""From settings to each feature's frozen Policy."""

from datetime import timedelta

from sekisho.authenticators import Means, passkey, password, push
from sekisho.doors import lists
from sekisho.doors.settings import Settings
from sekisho.ground import phones
from sekisho.journeys import contact_tests, security_info, sign_in
from sekisho.journeys.my_account.devices import Policy as AccountPolicy
from sekisho.journeys.recent_activity.actions import Policy as ActivityPolicy
from sekisho.records import (
    checkups,
    contacts,
    delivery,
    flows,
    limits,
    sessions,
    spending,
    trials,
    trust,
)


def port(settings: Settings) -> limits.Port:
    """Return the coarse limits."""
    return limits.Port(
        requests_hour_ip=settings.number("limits.requests_hour_ip"),
        requests_hour_net=settings.number("limits.requests_hour_net"),
        requests_hour_all=settings.number("limits.requests_hour_all"),
        answers_factor=settings.number("limits.answers_factor"),
    )


def budgets(settings: Settings) -> limits.Policy:
    """Return the budgets of guesses and messages."""
    return limits.Policy(
        tries=settings.number("codes.tries"),
        stranger_hour=settings.number("guesses.stranger_hour"),
        stranger_day=settings.number("guesses.stranger_day"),
        stranger_90_days=settings.number("guesses.stranger_90_days"),
        stranger_long_day=settings.number("guesses.stranger_long_day"),
        digits=settings.number("codes.digits"),
        long_digits=settings.number("guesses.long_digits"),
        familiar_hour=settings.number("guesses.familiar_hour"),
        familiar_day=settings.number("guesses.familiar_day"),
        familiar_in_a_row=settings.number("guesses.familiar_in_a_row"),
        pauses_seconds=settings.numbers("resend.pauses_seconds"),
        flow=settings.number("resend.flow"),
        ten_minutes=settings.number("resend.ten_minutes"),
        day=settings.number("resend.day"),
        reserve_ten_minutes=settings.number("resend.reserve_ten_minutes"),
        reserve_day=settings.number("resend.reserve_day"),
        flood_first_hour=settings.number("floods.first_hour"),
        flood_day=settings.number("floods.day"),
    )


def sign_ins(settings: Settings, means: Means, channels: frozenset[str]) -> sign_in.Policy:
    """Return all that a sign-in follows; `channels` are what reaches phones."""
    return sign_in.Policy(
        flows=flows.Policy(
            idle=timedelta(minutes=settings.number("flows.idle_minutes")),
            most=timedelta(minutes=settings.number("flows.most_minutes")),
            sign_in=timedelta(minutes=settings.number("codes.sign_in_minutes")),
            security=timedelta(minutes=settings.number("codes.security_minutes")),
        ),
        limits=budgets(settings),
        means=means,
        sessions=session_lives(settings),
        contacts=contacts_of(settings, channels),
        costs=spending_on_phones(settings),
        trust=trusting(settings),
        is_sign_up_open=settings.text("sign_up") == "open",
        zone=settings.text("time_zone"),
    )


def trusting(settings: Settings) -> trust.Policy:
    """Return how long a browser is trusted."""
    return trust.Policy(
        length=timedelta(days=settings.number("trust.days")),
        unused=timedelta(days=settings.number("trust.unused_days")),
    )


def account(settings: Settings, signing_in: sign_in.Policy) -> AccountPolicy:
    """Return what the pages of an account follow."""
    return AccountPolicy(signing_in.sessions, trusting(settings), checking_up(settings))


def checking_up(settings: Settings) -> checkups.Policy:
    """Return when owners are asked about their contacts and their second step."""
    return checkups.Policy(
        every=timedelta(days=settings.number("checkups.every_days")),
        second_step=timedelta(days=settings.number("checkups.second_step_days")),
        stale=timedelta(days=settings.number("checkups.stale_days")),
    )


def session_lives(settings: Settings) -> sessions.Policy:
    """Return how long sessions live."""
    return sessions.Policy(
        idle=timedelta(hours=settings.number("sessions.idle_hours")),
        absolute=timedelta(days=settings.number("sessions.absolute_days")),
    )


def activity(settings: Settings) -> ActivityPolicy:
    """Return how long events are shown and kept."""
    return ActivityPolicy(
        shown=timedelta(days=settings.number("activity.shown_days")),
        kept=timedelta(days=settings.number("activity.kept_days")),
    )


def posts(settings: Settings) -> delivery.Policy:
    """Return how messages are sent."""
    return delivery.Policy(connections=settings.number("delivery.connections"))


def parties_of(settings: Settings, *, is_dev: bool) -> passkey.Parties:
    """Return whose passkeys are; in `dev` they are bound to whatever host was asked for."""
    named = settings.text("passkeys.related_origins").split(",")
    return passkey.Parties(
        name=settings.text("service_name"),
        rp_id="" if is_dev else settings.text("passkeys.rp_id"),
        related=tuple(one.strip() for one in named if one.strip()),
    )


def passkeys(settings: Settings) -> passkey.Policy:
    """Return what passkeys follow."""
    return passkey.Policy(
        lives=timedelta(minutes=settings.number("passkeys.minutes")),
        most=settings.number("passkeys.most"),
    )


def passwords(settings: Settings) -> password.Policy:
    """Return how passwords are chosen and kept."""
    return password.Policy(
        shortest=settings.number("passwords.shortest"),
        shortest_alone=settings.number("passwords.shortest_alone"),
        longest=settings.number("passwords.longest"),
        cost=password.Cost(
            memory_kib=settings.number("passwords.memory_kib"),
            passes=settings.number("passwords.passes"),
        ),
    )


def spending_on_phones(settings: Settings) -> spending.Policy:
    """Return what messages to phones may cost."""
    return spending.Policy(
        prefix_hour=settings.number("phones.prefix_hour"),
        day_cost=settings.number("phones.day_cost"),
        least_percent=settings.number("phones.least_percent"),
        prices=spending.read_prices(settings.text("phones.prices")),
    )


def contacts_of(settings: Settings, channels: frozenset[str]) -> contacts.Policy:
    """Return how many contacts there may be and which phones; `channels` are what reaches them."""
    return contacts.Policy(
        most=settings.number("contacts.most"),
        countries=phones.read_countries(settings.text("phones.countries")),
        country=settings.text("phones.country"),
        channels=channels,
        refused_domains=lists.read_domains(settings.text("contacts.refused_domains")),
    )


def pushes(settings: Settings) -> push.Policy:
    """Return how phones are asked."""
    return push.Policy(
        digits=6 if settings.text("push.digits") == "6" else 2,
        lives=timedelta(minutes=settings.number("push.minutes")),
        hour=settings.number("push.hour"),
        day=settings.number("push.day"),
        most=settings.number("push.most"),
    )


def security_info_of(
    settings: Settings, signing_in: sign_in.Policy, parties: passkey.Parties
) -> security_info.Policy:
    """Return what changes of security info follow."""
    return security_info.Policy(
        flows=signing_in.flows,
        limits=signing_in.limits,
        means=signing_in.means,
        sessions=signing_in.sessions,
        contacts=signing_in.contacts,
        costs=signing_in.costs,
        zone=signing_in.zone,
        service_name=settings.text("service_name"),
        parties=parties,
        passkeys=passkeys(settings),
        passwords=passwords(settings),
        pushes=pushes(settings),
        checkups=checking_up(settings),
    )


def tests(settings: Settings, secured: security_info.Policy) -> contact_tests.Policy:
    """Return what test messages follow."""
    return contact_tests.Policy(
        sessions=secured.sessions,
        contacts=secured.contacts,
        trials=trials.Policy(
            pause=timedelta(seconds=settings.number("tests.pause_seconds")),
            day=settings.number("tests.day"),
        ),
        costs=secured.costs,
    )
