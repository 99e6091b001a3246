"""Statistics on item scores; knows nothing of schools, pupils or the law."""
