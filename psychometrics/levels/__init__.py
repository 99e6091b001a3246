"""Pupils in classes in schools: sums per group, and the variance that lies at each level."""
