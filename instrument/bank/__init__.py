"""What may stand in the file of an item bank: its form, its rules, the wording of its questions."""
