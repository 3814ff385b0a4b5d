"""The second wall: the database itself gives out only rows that who asks may see (docs/row-security.md)."""
