"""Drawings as our own SVG, readable by a screen reader; a chart library's output changes with its version."""
