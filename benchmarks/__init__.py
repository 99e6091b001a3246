"""Each headline figure as a command, beside its peers in one run; it reports and never fails a build."""
