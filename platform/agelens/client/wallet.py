"""Credits."""

from agelens.client.cards import LiveHtmlCard
from agelens.client.connection import Resource
from agelens.client.decoding import decode, decoder
from agelens.client.pages import Listing, Page, page_of
from agelens.client.shapes import Balance, Transaction


class Wallet(Resource, LiveHtmlCard):
    """A person's wallet: `client.wallet`. Its numbers are asked for each time they are read."""

    def __repr__(self) -> str:
        return repr(self.show())

    def show(self) -> Balance:
        """Balance, held and available, all of the same moment."""
        return decode(Balance, self._connection.get("/api/wallet"))

    @property
    def balance(self) -> int:
        """Credits that are there, those held for what is under way included."""
        return self.show().balance

    @property
    def available(self) -> int:
        """Credits that can be spent now."""
        return self.show().available

    def topup(self, amount: int, *, idempotency_key: str | None = None) -> Transaction:
        """Add credits, where the operator lets people do so themselves."""
        payload = self._connection.post(
            "/api/wallet/topup", {"amount": amount}, key=idempotency_key
        )
        return decode(Transaction, payload)

    def transactions(self, *, page_size: int = 100) -> Listing[Transaction]:
        """Every change, newest first."""
        params = {"limit": page_size}
        path = "/api/wallet/transactions"
        return Listing(self._connection, path, params, decoder(Transaction))

    def transactions_page(self, *, cursor: str | None = None, limit: int = 25) -> Page[Transaction]:
        """Some of the changes, newest first, from where `cursor` says."""
        params = {"cursor": cursor, "limit": limit}
        path = "/api/wallet/transactions"
        return page_of(self._connection, path, params, decoder(Transaction))
