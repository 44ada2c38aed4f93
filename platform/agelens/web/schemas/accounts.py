"""Wire shapes of people, tokens and wallets."""

import re
from typing import get_args

from marshmallow import Schema, ValidationError, fields, validate

from agelens.languages import LANGUAGES
from agelens.storage import Role
from agelens.web.schemas.base import Day, Name, PageQuery, Request, Text, WholeNumber

SEXES = ("female", "male")
DEVICE = "Of a login, the device: Firefox on Windows"
COUNTRY = "Two letters of ISO 3166-1, such as DE"


class Country(fields.String):
    """A country's code; small letters are taken for large ones."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        if not (isinstance(value, str) and re.fullmatch("[A-Za-z]{2}", value)):
            raise ValidationError("must be a country's two letters, such as DE")
        return value.upper()


class Registration(Request):
    email = Text(longest=254, required=True)
    password = Text(longest=10_000, required=True)


class Credentials(Request):
    email = Text(longest=254, required=True)
    password = Text(longest=10_000, required=True)


class PasswordChange(Request):
    current = Text(longest=10_000, required=True)
    new = Text(longest=10_000, required=True)


class ForgottenPassword(Request):
    email = Text(longest=254, required=True)
    language = fields.String(
        load_default="en",
        validate=validate.OneOf(list(LANGUAGES)),
        metadata={"description": "In which the mail is written"},
    )


class PasswordResetRequest(Request):
    token = Text(longest=200, required=True, metadata={"description": "The end of the link"})
    password = Text(longest=10_000, required=True)


class ResetLink(Schema):
    """A link that sets a forgotten password, once."""

    url = fields.String(
        allow_none=True, metadata={"description": "Shown once; null in a replayed answer"}
    )
    expires_at = fields.DateTime()


class AccountOptions(Schema):
    """What this service offers to people with an account."""

    welcome_credits = fields.Integer(metadata={"description": "With which a new account starts"})
    password_reset = fields.String(
        validate=validate.OneOf(["mail", "administrator"]),
        metadata={"description": "Who hands out links that set a forgotten password"},
    )


class UserSchema(Schema):
    id = fields.UUID()
    email = fields.String(allow_none=True)
    role = fields.String(validate=validate.OneOf(["user", "admin"]))
    created_at = fields.DateTime()


class ProfileRequest(Request):
    sex = fields.String(allow_none=True, validate=validate.OneOf(SEXES))
    birth_date = Day(allow_none=True)
    country = Country(allow_none=True, metadata={"description": COUNTRY})


class ProfileSchema(Schema):
    sex = fields.String(allow_none=True, validate=validate.OneOf(SEXES))
    birth_date = fields.Date(allow_none=True)
    country = fields.String(allow_none=True, metadata={"description": COUNTRY})


class AccessToken(Schema):
    access_token = fields.String()
    token_type = fields.String()
    expires_at = fields.DateTime()


class NewToken(Request):
    name = Name(longest=100, required=True)
    days = WholeNumber(load_default=90, validate=validate.Range(min=1, max=366))


class TokenSchema(Schema):
    id = fields.UUID()
    name = fields.String(metadata={"description": DEVICE})
    kind = fields.String(validate=validate.OneOf(["login", "personal"]))
    created_at = fields.DateTime()
    expires_at = fields.DateTime()
    last_used_at = fields.DateTime(allow_none=True)


class ListedToken(Schema):
    id = fields.UUID(attribute="token.id")
    name = fields.String(attribute="token.name", metadata={"description": DEVICE})
    kind = fields.String(attribute="token.kind")
    created_at = fields.DateTime(attribute="token.created_at")
    expires_at = fields.DateTime(attribute="token.expires_at")
    last_used_at = fields.DateTime(attribute="token.last_used_at", allow_none=True)
    current = fields.Boolean(metadata={"description": "Whether this request came with it"})


class TokenQuery(Schema):
    kind = fields.String(load_default=None, validate=validate.OneOf(["login", "personal"]))


class CreatedToken(Schema):
    id = fields.UUID(attribute="token.id")
    name = fields.String(attribute="token.name")
    kind = fields.String(attribute="token.kind")
    created_at = fields.DateTime(attribute="token.created_at")
    expires_at = fields.DateTime(attribute="token.expires_at")
    access_token = fields.String(
        allow_none=True, metadata={"description": "Shown once; null in a replayed answer"}
    )
    token_type = fields.String()


class TokenList(Schema):
    items = fields.List(fields.Nested(ListedToken))
    next_cursor = fields.String(allow_none=True)


class WalletSchema(Schema):
    balance = fields.Integer()
    held = fields.Integer()
    available = fields.Integer()


class Topup(Request):
    amount = WholeNumber(required=True, validate=validate.Range(min=1))


class TransactionSchema(Schema):
    id = fields.UUID()
    kind = fields.String()
    amount = fields.Integer(metadata={"description": "Signed, as it changes the balance"})
    held_change = fields.Integer()
    balance_after = fields.Integer()
    held_after = fields.Integer()
    task_id = fields.UUID(allow_none=True)
    cohort_id = fields.UUID(allow_none=True)
    is_welcome = fields.Boolean(
        metadata={"description": "Whether these are the credits that a new account starts with"}
    )
    created_at = fields.DateTime()


class TransactionPage(Schema):
    items = fields.List(fields.Nested(TransactionSchema))
    next_cursor = fields.String(allow_none=True)


class AdminTransaction(TransactionSchema):
    wallet_id = fields.UUID()
    user_id = fields.UUID(attribute="wallet.user_id")
    user_email = fields.String(attribute="wallet.owner.email", allow_none=True)
    actor_id = fields.UUID(allow_none=True)
    actor_email = fields.String(attribute="actor.email", allow_none=True, dump_default=None)
    note = fields.String()


class AdminTransactionPage(Schema):
    items = fields.List(fields.Nested(AdminTransaction))
    next_cursor = fields.String(allow_none=True)


class AdminUser(UserSchema):
    erased_at = fields.DateTime(allow_none=True)
    blocked_at = fields.DateTime(allow_none=True)
    wallet = fields.Nested(WalletSchema)


class UserPage(Schema):
    items = fields.List(fields.Nested(AdminUser))
    next_cursor = fields.String(allow_none=True)


class RoleChange(Request):
    role = fields.String(required=True, validate=validate.OneOf(get_args(Role)))


class LedgerQuery(PageQuery):
    user = fields.String(
        load_default=None,
        validate=validate.Length(max=254),
        metadata={"description": "A user id or e-mail address"},
    )


class UserQuery(PageQuery):
    email = fields.String(load_default=None, validate=validate.Length(max=254))
