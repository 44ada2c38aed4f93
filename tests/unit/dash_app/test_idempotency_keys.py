"""The idempotency keys of the web app's requests."""

from dash_app import idempotency_keys


def test_only_amounts_become_part_of_an_idempotency_key():
    assert idempotency_keys.top_up_key("attempt", 50) != idempotency_keys.top_up_key("attempt", 60)
    assert idempotency_keys.top_up_key("attempt", "50 €").isascii()
