"""What is done about claims: answering, and taking back."""
