"""What is done with plans, each act one transaction on the record."""
