"""Django's PostgreSQL, which says in every transaction who is asking."""
