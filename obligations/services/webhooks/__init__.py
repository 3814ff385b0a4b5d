"""Webhooks: messages about a contract to programs, planned with their cause and posted afterwards."""
