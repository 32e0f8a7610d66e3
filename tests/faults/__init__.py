"""Faults to order: what citizens see, what mends itself, and that no accepted message is lost or answered twice."""
