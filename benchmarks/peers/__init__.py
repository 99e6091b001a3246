"""What others make of the same tasks; each script runs in an environment of its own."""
