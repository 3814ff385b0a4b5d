"""The Django project: settings, addresses, processes and health. Wiring only, no word of the domain."""
