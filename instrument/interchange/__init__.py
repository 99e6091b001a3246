"""An edition in the words of other programs: one module, one format; none of them sees an answer."""
