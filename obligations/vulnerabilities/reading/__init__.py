"""Files about vulnerabilities in, rows out, with a fault in words for each that is refused. No Django."""
