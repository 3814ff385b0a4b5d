"""Templates of an organisation: kept from a decided schedule, exchanged as files, used for the next."""
