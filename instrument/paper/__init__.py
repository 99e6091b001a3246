"""What a school prints before an afname: slips with codes, a letter to parents, an instruction."""
