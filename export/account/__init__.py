"""The evidence: research data, what the notebooks found, and the verantwoordingsdocument."""
