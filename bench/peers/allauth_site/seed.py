"""`python -m allauth_site.seed N`: migrate, and make N people with verified addresses."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "allauth_site.settings")
django.setup()

# Models and commands can be imported only once Django is set up.
from allauth.account.models import EmailAddress  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

_BATCH = 5_000

call_command("migrate", verbosity=0)
User = get_user_model()
count = int(sys.argv[1])
with transaction.atomic():
    for first in range(0, count, _BATCH):
        users = User.objects.bulk_create(
            User(
                username=f"person{number}",
                email=f"person{number}@people.example",
                password="!no password",
            )
            for number in range(first, min(first + _BATCH, count))
        )
        EmailAddress.objects.bulk_create(
            EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
        )
