"""One file a format: the published knowledge in, lines of text or a sheet out. `bot/knowledge/export.py` chooses among them."""
