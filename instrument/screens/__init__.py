"""What a pupil sees: widgets, their JavaScript and CSS, and the words on them."""
