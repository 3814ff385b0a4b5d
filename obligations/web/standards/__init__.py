"""The standard terms of an organisation."""
