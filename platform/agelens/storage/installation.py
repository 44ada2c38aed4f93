"""Table of the installation: the database's own identity, to which its file storage is bound."""

import uuid

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from agelens.storage.base import Base, Created


class Installation(Base):
    """The one row that says which installation this database is.

    `storage_bound` is whether a file storage carries this identity: from then on no other may be used.
    """

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("only_row", name="only_row"),)

    id: Mapped[uuid.UUID] = mapped_column(server_default=text("gen_random_uuid()"))
    only_row: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    storage_bound: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[Created]
