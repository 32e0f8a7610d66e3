"""Snapshots on many machines: a shelf in PostgreSQL that publications are put on, and from which every machine fetches the one to serve.

Each machine serves from its own TTHC_HOME, so that a database that is away takes no answer away. A snapshot lies on the shelf as one compressed archive
with its digest; what arrives damaged is not unpacked.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import shutil
import tarfile
import tempfile
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from bot import database
from bot.knowledge import publish
from bot.knowledge.publish import SnapshotError

KEPT = 20  # snapshots on the shelf: some weeks of publications, to go back to
_SERVED = 1  # the only row of its table
_tables = sa.MetaData()
_snapshots = sa.Table(
    "snapshots", _tables,
    sa.Column("version", sa.String(64), primary_key=True), sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)  # fmt: skip
_served = sa.Table(
    "served_snapshot", _tables,
    sa.Column("id", sa.Integer, primary_key=True), sa.Column("version", sa.String(64), nullable=False), sa.Column("at", sa.String(32), nullable=False),
)  # fmt: skip


class Shelf:
    """The shelf in the database at `url`. Every method raises SnapshotError when the database cannot be used."""

    def __init__(self, url: str) -> None:
        self._engine = database.shared(url)
        self._upsert = sqlite.insert if self._engine.dialect.name == "sqlite" else postgresql.insert

    def put(self, home: Path, version: str) -> None:
        """Put the snapshot `version` of `home` on the shelf, and say that it is the one to serve; the oldest ones go."""
        body = _packed(home / "snapshots" / version)
        row = {"version": version, "digest": hashlib.sha256(body).hexdigest(), "body": body}
        now = dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds")
        with _SnapshotErrors(), self._engine.begin() as db:
            _tables.create_all(db)
            db.execute(self._upsert(_snapshots).values(row).on_conflict_do_nothing())
            new = self._upsert(_served).values(id=_SERVED, version=version, at=now)
            db.execute(new.on_conflict_do_update(index_elements=["id"], set_={"version": version, "at": now}))
            known = db.execute(sa.select(_snapshots.c.version).order_by(_snapshots.c.version.desc())).scalars().all()
            db.execute(sa.delete(_snapshots).where(_snapshots.c.version.in_([v for v in known[KEPT:] if v != version])))

    def served(self) -> str | None:
        """Return the version to serve, None when nothing was ever put here."""
        with _SnapshotErrors(), self._engine.begin() as db:
            if not sa.inspect(db).has_table(_served.name):
                return None
            found: str | None = db.execute(sa.select(_served.c.version)).scalar_one_or_none()
            return found

    def follow(self, home: Path) -> str | None:
        """Make `home` serve what the shelf says, fetching it first where it is not there; return the version, None when it was served already."""
        version = self.served()
        if version is None or version == publish.current_version(home):
            return None
        if version not in publish.versions(home):
            self._fetch(home, version)
        publish.serve(home, version, "follow")
        return version

    def close(self) -> None:
        """Close the database's connections."""
        self._engine.dispose()

    def _fetch(self, home: Path, version: str) -> None:
        with _SnapshotErrors(), self._engine.begin() as db:
            found = db.execute(sa.select(_snapshots.c.digest, _snapshots.c.body).where(_snapshots.c.version == version)).first()
        if found is None or hashlib.sha256(found.body).hexdigest() != found.digest:
            raise SnapshotError(f"Bản {version} không có hoặc bị hỏng ở TTHC_SNAPSHOTS_URL. Chạy lại «tthc publish» ở máy công bố.")
        shelf = home / "snapshots"
        shelf.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home, prefix=".fetching-") as scratch:
            folder = Path(scratch) / "snapshot"
            _unpack(bytes(found.body), folder)
            if (shelf / version).exists():
                shutil.rmtree(shelf / version)
            folder.rename(shelf / version)


class _SnapshotErrors:
    """Turns what SQLAlchemy raises, whose text may hold a password, into SnapshotError."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, SQLAlchemyError):
            reason = f"TTHC_SNAPSHOTS_URL không dùng được ({type(error).__name__}). Kiểm tra địa chỉ và máy chủ dữ liệu."
            raise SnapshotError(reason) from error


def _packed(folder: Path) -> bytes:
    """Return the files of `folder` as one compressed archive."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        for path in sorted(folder.iterdir()):
            archive.add(path, arcname=path.name)
    return held.getvalue()


def _unpack(body: bytes, folder: Path) -> None:
    """Write the files of an archive into `folder`; names that lead elsewhere are refused."""
    folder.mkdir()
    with tarfile.open(fileobj=io.BytesIO(body), mode="r:gz") as archive:
        for member in archive.getmembers():
            if not member.isfile() or Path(member.name).name != member.name:
                raise SnapshotError("Bản trên TTHC_SNAPSHOTS_URL có tệp lạ. Chạy lại «tthc publish» ở máy công bố.")
            source = archive.extractfile(member)
            assert source is not None  # a file
            (folder / member.name).write_bytes(source.read())
