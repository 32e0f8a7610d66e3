"""Watches, notices, how far changes were read, and whose turn it is to look."""

import sqlalchemy as sa
from alembic import op

revision = "notices_0001"
down_revision = None


def upgrade() -> None:
    """Create the four tables, but for those that an older program had made without migrations."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    if "watches" not in there:
        op.create_table(
            "watches",
            sa.Column("conversation", sa.String(128), primary_key=True),
            sa.Column("code", sa.String(64), primary_key=True),
            sa.Column("status", sa.Integer),
            sa.Column("status_text", sa.Text, nullable=False),
            sa.Column("changed", sa.DateTime, nullable=False),
            sa.Column("looked", sa.DateTime, nullable=False),
        )
        op.create_index("ix_watches_code", "watches", ["code"])
        op.create_index("ix_watches_looked", "watches", ["looked"])
    if "notices" not in there:
        op.create_table(
            "notices",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("conversation", sa.String(128), nullable=False),
            sa.Column("code", sa.String(64), nullable=False),
            sa.Column("claimed", sa.DateTime),
            sqlite_autoincrement=True,  # an id is never given twice: channels tell notices apart by it
        )
        op.create_index("ix_notices_conversation", "notices", ["conversation"])
    if "read_up_to" not in there:
        op.create_table(
            "read_up_to", sa.Column("place", sa.String(64), primary_key=True), sa.Column("change", sa.BigInteger, nullable=False)
        )
    op.create_table(
        "turns",
        sa.Column("place", sa.String(64), primary_key=True),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("until", sa.DateTime, nullable=False),
    )
