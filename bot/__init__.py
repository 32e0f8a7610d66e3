"""The assistant for Hà Nội's administrative procedures."""
