"""Ordered answers and the normal variables behind them: tables, correlations, their precision, and sums."""
