"""Content validity: what the questions cover, what experts and children make of them; knows no answer."""
