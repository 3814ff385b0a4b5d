"""Django's PostgreSQL, which signs what a transaction wrote before it is committed."""
