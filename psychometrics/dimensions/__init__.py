"""What items have in common, without being told: how many factors, extracted and turned."""
