"""What each notebook of the evidence shows and judges: results in, Dutch tables and verdicts out."""
