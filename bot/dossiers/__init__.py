"""Dossiers: where a citizen's file stands, told only to the one who owns it."""
