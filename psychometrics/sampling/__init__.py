"""Other samples than the one at hand: schools drawn again, and respondents weighted to a population."""
