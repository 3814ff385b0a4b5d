"""What is written about certificates."""
