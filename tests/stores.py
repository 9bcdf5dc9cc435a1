"""What a build stores for chains, in memory."""

import io
from functools import cache

import numpy as np
import pyarrow as pa

from analysis.lineage.walk import EDGES, Store, stored_files


def store_of(words, tables, edges):
    """The store of these tables and edges, as `stored` reads it from the files of a build."""
    arrays = np.load(io.BytesIO(stored_files(words, edges, {})[EDGES]))
    read = cache(lambda name: pa.Table.from_pandas(tables[name], preserve_index=False) if name in tables else None)
    return Store(words, read, cache(arrays.get))
