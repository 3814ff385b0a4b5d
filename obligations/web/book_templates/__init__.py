"""Templates of an organisation: listed, imported and exported, kept from a schedule, used for the next."""
