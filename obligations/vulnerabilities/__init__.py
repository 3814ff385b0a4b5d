"""Vulnerabilities and their patches: what scanners and suppliers say, and by when each patch must be applied.

``reading`` turns a file into rows and ``writing`` rows into a file; both are pure.
"""
