"""What was released of a closed afname: frozen figures, to whom they went, and other schools beside them."""
