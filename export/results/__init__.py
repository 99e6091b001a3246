"""The results of a closed afname as one document of released figures, for page, report and spreadsheet."""

from export.results.document import beside, figures, results

__all__ = ["beside", "figures", "results"]
