"""Virtual sessions: a notebook per pupil without a process per pupil; refuses whatever would run code."""
