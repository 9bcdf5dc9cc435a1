"""Prints the data dictionary: `python -m analysis.contracts > docs/data-dictionary.md`."""

import sys

from analysis.contracts.dictionary import data_dictionary
from analysis.contracts.text import TEXT_TABLES
from analysis.contracts.typed import TYPED_TABLES

if __name__ == "__main__":
    sys.stdout.buffer.write(data_dictionary(TYPED_TABLES, TEXT_TABLES).encode("utf-8"))
