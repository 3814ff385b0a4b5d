"""Rows about vulnerabilities out, as files that other tools and people open. Imports no Django."""

from obligations.vulnerabilities.writing.openvex import write_openvex
from obligations.vulnerabilities.writing.tables import HEADINGS, csv_lines, write_xlsx

__all__ = ["HEADINGS", "csv_lines", "write_openvex", "write_xlsx"]
