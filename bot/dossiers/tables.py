"""The tables of the dossiers' database as the migrations leave them; a test holds the two together.

Every moment is whole seconds since 1970 UTC and every month a number such as 202507 (of Hà Nội), so that SQLite and PostgreSQL hold and compare the same.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()
_BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")

dossiers = sa.Table(
    "dossiers",
    metadata,
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
    sa.Column("on_time", sa.SmallInteger),  # 1 or 0 once finished, when a day was promised
    sa.Column("status", sa.SmallInteger),
    sa.Column("status_text", sa.String, nullable=False),
    sa.Column("detail", sa.String, nullable=False),  # JSON: what is only ever shown, never searched
    sa.Column("applicant_masked", sa.String, nullable=False),
    sa.Column("phone_proof", sa.LargeBinary),
    sa.Column("id_proof", sa.LargeBinary),
    sa.Column("sample", sa.SmallInteger, nullable=False),
    sa.Column("as_of", sa.BigInteger, nullable=False),
)
CITY = ""  # stands for all units together in `monthly`: thousands of sums a question need not make
# Figures of each month, kept as dossiers change: received in it; finished in it; of these, those promised for a day; of these, those in time.
monthly = sa.Table(
    "monthly",
    metadata,
    sa.Column("sample", sa.SmallInteger, primary_key=True),
    sa.Column("month", sa.Integer, primary_key=True),
    sa.Column("unit", sa.String, primary_key=True),
    sa.Column("field", sa.String, primary_key=True),
    sa.Column("received", sa.BigInteger, nullable=False),
    sa.Column("finished", sa.BigInteger, nullable=False),
    sa.Column("judged", sa.BigInteger, nullable=False),
    sa.Column("on_time", sa.BigInteger, nullable=False),
    sa.Index("monthly_of_unit", "unit", "month"),
)
# Every change of a status that was already known, in the order of the ids: what notices are sent from.
changes = sa.Table(
    "changes",
    metadata,
    sa.Column("id", _BIG_ID, primary_key=True, autoincrement=True),
    sa.Column("code", sa.String, nullable=False),
    sa.Column("status", sa.SmallInteger),
    sa.Column("status_text", sa.String, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Index("changes_of_code", "code"),
    sqlite_autoincrement=True,
)
imports = sa.Table(
    "imports",
    metadata,
    sa.Column("digest", sa.String, primary_key=True),
    sa.Column("file", sa.String, nullable=False),
    sa.Column("rows_done", sa.BigInteger, nullable=False),
    sa.Column("bad_rows", sa.BigInteger, nullable=False),
    sa.Column("finished", sa.BigInteger),
)
COLUMNS = tuple(column.name for column in dossiers.columns)
