#!/usr/bin/env bash
# pandera 0.35.0: metadata of a model is lost to a child that has a Config of its own, and asking for them raises.
#
# Field metadata are inherited. Metadata in Config are inherited, too, as long as the child writes no Config. A child
# with a Config of its own, if only to be strict, has none, and get_metadata() raises AttributeError instead of saying so.
# The schema that a model turns into has no metadata in either case, not even the parent's.
#
# Seen: «child with a Config: AttributeError; schema of the parent: None».
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "pandera[pandas]==0.35.0" "pandas==3.1.1"
"$folder/venv/bin/python" - <<'PY'
import pandera.pandas as pa
from pandera.typing.pandas import Series


class Parent(pa.DataFrameModel):
    year: Series[int] = pa.Field(metadata={"unit": "year"})

    class Config:
        metadata = {"made_of": "targets"}


class Plain(Parent):
    count: Series[int] = pa.Field(metadata={"unit": "piece"})


class Strict(Parent):
    class Config:
        strict = True


assert Plain.get_metadata()["Plain"]["dataframe"] == {"made_of": "targets"}, "changed: a child without a Config"
assert set(Plain.get_metadata()["Plain"]["columns"]) == {"year", "count"}, "changed: metadata of fields"
try:
    found = str(Strict.get_metadata())
except AttributeError as error:
    found = type(error).__name__
print(f"child with a Config: {found}; schema of the parent: {Parent.to_schema().metadata}")
assert (found, Parent.to_schema().metadata) == ("AttributeError", None), "changed"
PY
