"""What a coordinator prepares and writes down: roster, plan of an afname, letters, notes."""
