"""What is written about vulnerabilities: one by hand, many from a file, and what happens to them."""
