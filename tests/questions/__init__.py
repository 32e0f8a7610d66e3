"""Tests of what is kept of questions and what is told of them."""
