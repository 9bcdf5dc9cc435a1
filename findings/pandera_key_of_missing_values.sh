#!/usr/bin/env bash
# pandera 0.35.0 with pandas 3.1.1: a key that repeats with all of its values missing fails lazily without a failure case.
#
# Config.unique = ["a", "b"] refuses two rows that are both (missing, missing). Collected lazily, SchemaErrors is raised,
# and its failure_cases, the table from which reports of bad rows are made, is empty: whoever goes through it finds
# nothing wrong with a table that was refused. With one of the two values present, that value alone is listed, two rows
# for a key of two columns. The fault is named in schema_errors.
#
# Seen: «both missing: raised, failure cases 0, schema errors ['multiple_fields_uniqueness']».
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "pandera[pandas]==0.35.0" "pandas==3.1.1"
"$folder/venv/bin/python" - <<'PY'
import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series


class Keyed(pa.DataFrameModel):
    a: Series[str] = pa.Field(nullable=True)
    b: Series[str] = pa.Field(nullable=True)

    class Config:
        unique = ["a", "b"]


def told(a: str | None, b: str | None) -> tuple[int, list[str]]:
    """Failure cases and errors of a table of two equal rows."""
    frame = pd.DataFrame({"a": pd.Series([a, a], dtype="str"), "b": pd.Series([b, b], dtype="str")})
    try:
        Keyed.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        return len(errors.failure_cases), [str(one.check) for one in errors.schema_errors]
    raise SystemExit("changed: two equal rows pass")


for name, values, cases in (("both present", ("x", "y"), 4), ("one missing", ("x", None), 2), ("both missing", (None, None), 0)):
    seen = told(*values)
    print(f"{name}: raised, failure cases {seen[0]}, schema errors {seen[1]}")
    if seen != (cases, ["multiple_fields_uniqueness"]):
        raise SystemExit(f"changed: expected {cases} failure cases")
PY
