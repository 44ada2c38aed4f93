"""Credits for the researcher's notebook, where people may add them to their own wallets."""

from agelens.client import Client, Forbidden, InvalidInput

ENOUGH_CREDITS = 100_000  # researcher_client.ipynb as it stands, three times
MOST_AT_A_TIME = 10_000


def provide(client: Client, email: str) -> str | None:
    """Top up until the notebook can be run; else what to do, in words."""
    missing = ENOUGH_CREDITS - client.wallet.available
    if missing <= 0:
        return None
    advice = f"For researcher_client.ipynb, a few times over, {ENOUGH_CREDITS:,} credits are enough"
    try:
        for added in range(0, missing, MOST_AT_A_TIME):
            client.wallet.topup(min(MOST_AT_A_TIME, missing - added))
    except Forbidden:
        return f"{advice}: ask an administrator to add {missing:,} to the wallet of {email}."
    except InvalidInput as refusal:
        words = "; ".join(problem.message for problem in refusal.problems)
        return f"{advice}. A top-up {words}: add them in pieces, with client.wallet.topup(...)."
    return None
