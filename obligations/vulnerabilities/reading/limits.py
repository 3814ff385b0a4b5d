"""How much of a file is taken. What is larger is refused in words, before it costs the memory of a worker."""

LARGEST_FILE = 300 * 1024 * 1024
"""Bytes of a file, as it is."""
LARGEST_UNPACKED = 300 * 1024 * 1024
"""Bytes of the sheets of a spreadsheet, unpacked."""
LARGEST_TEXTS = 64 * 1024 * 1024
"""Bytes of its other parts, such as the texts that its cells share."""
MOST_ROWS = 250_000
"""Rows and faults of one file."""
MOST_FAULTS = 5_000
"""Faults of one file: with more it is another kind of file, or has another column for what is read."""
LARGEST_ENTRY = 200_000
"""Values of one entry of a JSON file (an advisory may name thousands of products)."""
LONGEST_ENTRY = 8 * 1024 * 1024
"""Characters of one entry of a JSON file."""
MOST_CONTEXT = 1_500_000
"""Values of a JSON file that must be known before its entries are read: components, products, rules."""
DEEPEST = 100
"""Levels of a JSON file."""
LONGEST_RUN = 4 * 1024 * 1024
"""Bytes of a JSON file between two quotation marks."""
LONGEST_LINE = 1024 * 1024
"""Characters of one row of a table, over all its lines."""
MOST_COLUMNS = 300
"""Columns of a table."""
MOST_CELLS = 1_500_000
"""Cells of a sheet that hold something: 100,000 rows of 15 columns take about 130 MB while they are read."""
