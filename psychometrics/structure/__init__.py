"""Factors as they were intended: what such a model implies, its best fit, and whether groups share it."""
