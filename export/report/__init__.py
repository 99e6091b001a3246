"""The school report: the results of one closed afname for people to read; formats, and computes no figure."""
