"""Certificates for other programs."""
