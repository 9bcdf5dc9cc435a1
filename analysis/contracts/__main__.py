"""Prints the data dictionary: `python -m analysis.contracts > docs/data-dictionary.md`."""

import sys

from analysis.contracts.dictionary import data_dictionary

if __name__ == "__main__":
    sys.stdout.buffer.write(data_dictionary().encode("utf-8"))
