"""/api/wallet: credits and their history."""

from agelens.services import billing
from agelens.services.pagination import Page
from agelens.storage import LedgerEntry, Wallet
from agelens.web.arguments import Blueprint
from agelens.web.auth import login_required, me
from agelens.web.extensions import db, settings
from agelens.web.request_types import PageParams, TopupBody
from agelens.web.schemas.accounts import Topup, TransactionPage, TransactionSchema, WalletSchema
from agelens.web.schemas.base import PageQuery
from agelens.web.transactions import transaction

blueprint = Blueprint("wallet", __name__, url_prefix="/api/wallet", description="Credits")


@blueprint.get("", endpoint="show")
@blueprint.get("/balance", endpoint="balance")
@login_required
@blueprint.response(200, WalletSchema)
def show() -> Wallet:
    """Balance, what is held for tasks under way, and what is available."""
    return billing.wallet_of(db.session(), me())


@blueprint.post("/topup")
@login_required
@transaction
@blueprint.arguments(Topup, example={"amount": 50})
@blueprint.response(201, TransactionSchema)
@blueprint.alt_response(403, "FORBIDDEN")
def topup(body: TopupBody) -> LedgerEntry:
    """Add credits to one's own wallet, where the operator allows it."""
    policy, cap = settings().topup_policy, settings().topup_cap
    return billing.self_topup(db.session(), me(), body["amount"], policy=policy, cap=cap)


@blueprint.get("/transactions")
@login_required
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, TransactionPage)
def transactions(query: PageParams) -> Page:
    """Every change of one's wallet, newest first."""
    return billing.transactions(db.session(), me(), **query)
