#!/usr/bin/env bash
# DuckDB 2.0.1 with pandas 3.1.1: the sum of a column of whole numbers comes back as a column of fractions, and loses the
# last digit of a large one.
#
# sum() over int64 is a HUGEINT in DuckDB, and df() has no such type: it gives float64. A count of people then prints as
# 12.0, and a sum above 2 to the 53rd power is another number than the table holds. count() stays int64; cast(sum(n) as
# bigint) keeps the number.
#
# Seen: «sum: float64 9007199254740992; cast: int64 9007199254740993».
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "duckdb==2.0.1" "pandas==3.1.1"
"$folder/venv/bin/python" - <<'PY'
import duckdb
import pandas as pd

table = pd.DataFrame({"n": [9007199254740992, 1]})
with duckdb.connect() as connection:
    connection.register("t", table)
    plain = connection.execute("select sum(n) as total from t").df()["total"]
    cast = connection.execute("select cast(sum(n) as bigint) as total from t").df()["total"]
print(f"sum: {plain.dtype} {int(plain[0])}; cast: {cast.dtype} {cast[0]}")
assert (str(plain.dtype), int(plain[0])) == ("float64", 9007199254740992)
assert (str(cast.dtype), int(cast[0])) == ("int64", 9007199254740993)
PY
