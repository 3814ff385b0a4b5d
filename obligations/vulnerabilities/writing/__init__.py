"""Rows about vulnerabilities out, as files that other tools and people open. Imports no Django."""

from obligations.vulnerabilities.writing.openvex import openvex_pieces
from obligations.vulnerabilities.writing.tables import HEADINGS, Cell, Exported, csv_lines, write_xlsx

__all__ = ["HEADINGS", "Cell", "Exported", "csv_lines", "openvex_pieces", "write_xlsx"]
