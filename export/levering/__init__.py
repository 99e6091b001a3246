"""What is delivered: the school's toestemming, the summary that it allows, and its files."""
