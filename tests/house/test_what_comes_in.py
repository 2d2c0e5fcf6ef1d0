"""What comes in from outside: no field that nobody named, and no mail."""

import pytest

from tests.support import source

# What reads mail: its boxes, its servers, its text.
MAIL = ("imaplib", "poplib", "smtpd", "aiosmtpd", "message_from_", "BytesParser")


@pytest.mark.attack("065")
def test_no_body_takes_a_field_that_nobody_named(house):
    bodies = {route.body for route in house.routes if route.body is not None}
    assert len(bodies) > 10
    assert [] == [one for one in bodies if not one.__struct_config__.forbid_unknown_fields]


@pytest.mark.attack("073")
def test_no_mail_is_read_so_none_moves_an_account():
    """Nobody is helped by mail or chat here: what an account does is proved at its doors."""
    assert [] == [
        (module.name, word)
        for module in source.modules()
        for word in MAIL
        if f"import {word}" in module.text or f".{word}" in module.text
    ]
