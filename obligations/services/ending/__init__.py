"""The end of a contract in Duly: closed by two people, kept, handed over, erased by two people."""
