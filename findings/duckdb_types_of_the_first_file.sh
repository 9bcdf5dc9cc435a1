#!/usr/bin/env bash
# DuckDB 2.0.1: of several Parquet files read as one table, the first file says what type a column has; the fractions of
# the next file are rounded to fit, without a word.
#
# One would expect an error, or the wider of the two types. A city whose shares happen to be whole (99 and 100 percent)
# writes whole numbers; read first, it makes 100 of the neighbour's 99.5. With union_by_name=true the column is a double
# and 99.5 stays. Which file is first depends on their names alone.
#
# Seen: «as they are: BIGINT [99, 100, 100]; by name: DOUBLE [99.0, 100.0, 99.5]».
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "duckdb==2.0.1"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import duckdb


def read(connection, more=""):
    found = connection.sql(f"select share from read_parquet(['first.parquet', 'second.parquet']{more})")
    return str(found.types[0]), [share for (share,) in found.fetchall()]


with duckdb.connect() as connection:
    connection.sql("copy (select unnest([99, 100])::bigint as share) to 'first.parquet'")
    connection.sql("copy (select 99.5::double as share) to 'second.parquet'")
    plain, named = read(connection), read(connection, ", union_by_name=true")
print(f"as they are: {plain[0]} {plain[1]}; by name: {named[0]} {named[1]}")
assert plain == ("BIGINT", [99, 100, 100])
assert named == ("DOUBLE", [99.0, 100.0, 99.5])
PY
