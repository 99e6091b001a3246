"""What is asked, of whom, and how answers are kept and scored."""
