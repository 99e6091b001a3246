"""How answers are kept: the broker, its store and its clients; the only code that touches answers at rest."""
