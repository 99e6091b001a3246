"""What a coordinator sees; shows released figures and passes on decisions, computes nothing."""
