"""The schema of the dossiers' database, step by step (alembic)."""
