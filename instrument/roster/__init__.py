"""How many pupils a school has: counts per stamgroep out of a form or a file; never a pupil."""
