"""Who agreed what, and which words are in force when."""
