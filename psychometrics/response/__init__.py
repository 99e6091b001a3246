"""Curves from ability to answer: what items tell of a person, and where each curve lies."""
