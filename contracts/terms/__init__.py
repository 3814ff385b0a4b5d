"""Pure contract terms: citations, paragraphs, periods, phrases and the text in force. Imports no Django."""
