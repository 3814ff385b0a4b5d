"""*Record once*: one thing for several contracts of an organisation."""
