"""Dossiers, the months' figures, changes of status, imports."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
_BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite counts by itself only in INTEGER PRIMARY KEY


def upgrade() -> None:
    """Create the four tables."""
    op.create_table(
        "dossiers",
        sa.Column("code", sa.String, primary_key=True),
        sa.Column("procedure_code", sa.String),
        sa.Column("procedure_name", sa.String, nullable=False),
        sa.Column("unit", sa.String, nullable=False),
        sa.Column("field", sa.String, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("due", sa.BigInteger),
        sa.Column("finished", sa.BigInteger),
        sa.Column("received_month", sa.Integer, nullable=False),
        sa.Column("finished_month", sa.Integer),
        sa.Column("on_time", sa.SmallInteger),
        sa.Column("status", sa.SmallInteger),
        sa.Column("status_text", sa.String, nullable=False),
        sa.Column("detail", sa.String, nullable=False),
        sa.Column("applicant_masked", sa.String, nullable=False),
        sa.Column("phone_proof", sa.LargeBinary),
        sa.Column("id_proof", sa.LargeBinary),
        sa.Column("sample", sa.SmallInteger, nullable=False),
        sa.Column("as_of", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "monthly",
        sa.Column("sample", sa.SmallInteger, primary_key=True),
        sa.Column("month", sa.Integer, primary_key=True),
        sa.Column("unit", sa.String, primary_key=True),
        sa.Column("field", sa.String, primary_key=True),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("finished", sa.BigInteger, nullable=False),
        sa.Column("judged", sa.BigInteger, nullable=False),
        sa.Column("on_time", sa.BigInteger, nullable=False),
    )
    op.create_index("monthly_of_unit", "monthly", ["unit", "month"])
    op.create_table(
        "changes",
        sa.Column("id", _BIG_ID, primary_key=True, autoincrement=True),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("status", sa.SmallInteger),
        sa.Column("status_text", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,  # an id is never given twice, even after deletions
    )
    op.create_index("changes_of_code", "changes", ["code"])
    op.create_table(
        "imports",
        sa.Column("digest", sa.String, primary_key=True),
        sa.Column("file", sa.String, nullable=False),
        sa.Column("rows_done", sa.BigInteger, nullable=False),
        sa.Column("bad_rows", sa.BigInteger, nullable=False),
        sa.Column("finished", sa.BigInteger),
    )


def downgrade() -> None:
    """Drop the four tables."""
    for name in ("imports", "changes", "monthly", "dossiers"):
        op.drop_table(name)
