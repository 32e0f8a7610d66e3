"""From a decision and the knowledge to a reply. Pure functions; all wording is in `wording.py`."""
