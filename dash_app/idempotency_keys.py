"""Idempotency keys: a top-up that is sent twice adds its credits once."""


def top_up_key(submission_id: str, amount: int | str) -> str:
    """The key of a top-up: the same amount twice is a double click, another amount another request.

    Text that is no amount is refused anyway, and might contain letters that no header accepts.
    """
    return submission_id if isinstance(amount, str) else f"{submission_id}-{amount}"
