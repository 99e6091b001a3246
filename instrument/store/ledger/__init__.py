"""The school's toestemming: a signed chain of events, and what is put out to be sent."""
