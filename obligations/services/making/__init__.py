"""Making a contract from what a person answered step by step."""
