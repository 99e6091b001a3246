"""Voilà at school: the code login in front, one kernel per visitor, the processes of `weerglas serve`."""
