"""Submission of panels in a background thread, each paid once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agelens.client import Client, Result
from agelens.notebook.answers import Answer
from agelens.notebook.form import Form
from agelens.notebook.idempotency_keys import IdempotencyKeys
from agelens.notebook.latest_only_worker import LatestOnlyWorker


@dataclass(frozen=True)
class Order:
    """A panel as it stood in a form when it was ordered."""

    form: Form
    state: dict[str, Answer]
    request: dict[str, Any]
    key: str

    @property
    def clock(self) -> str:
        """The clock that is asked, its version too where it is pinned."""
        return self.form.clock


class OrderQueue:
    """`began` is told when an order's turn comes, `received` when its result is there."""

    def __init__(
        self,
        client: Client,
        *,
        began: Callable[[Order], None],
        received: Callable[[Order, Result], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._client = client
        self._keys = IdempotencyKeys()
        self._began, self._received = began, received
        self._pay_worker = LatestOnlyWorker(self._pay, failed)

    def order(self, form: Form) -> None:
        """Order what stands in the form now, whatever moves while it is paid for."""
        request = form.request
        key = self._keys.key_for(form.clock, request)
        self._pay_worker.submit(Order(form, form.state, request, key))

    def wait_until_idle(self, timeout_seconds: float) -> bool:
        """Wait until nothing is under way; whether that came within the time."""
        return self._pay_worker.wait_until_idle(timeout_seconds)

    def end(self) -> None:
        """Take no more orders; what is under way is still paid for."""
        self._pay_worker.end()

    def _pay(self, order: Order) -> None:
        if self._keys.is_over(order.key):  # ordered again before it was received
            return
        self._began(order)
        with self._keys.used(order.key):
            result = self._client.predict(
                **order.request, model=order.clock, idempotency_key=order.key
            )
            self._received(order, result)
