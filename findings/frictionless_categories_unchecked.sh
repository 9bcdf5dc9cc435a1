#!/usr/bin/env bash
# frictionless 5.21.0: a value that is none of a field's categories is valid; only constraints.enum is held.
#
# Data Package 2 has "categories" for a field whose values come from a list. frictionless keeps the word in the schema,
# reads the field as plain text and finds no fault with a value that the list lacks. The same list in constraints.enum
# is checked.
#
# Seen: «categories: valid; enum: constraint-error in row 3».
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "frictionless==5.21.0"
"$folder/venv/bin/python" - <<'PY'
from frictionless import Resource

PROFILE = "https://datapackage.org/profiles/2.0/"


def faults(**field):
    schema = {"$schema": f"{PROFILE}tableschema.json", "fields": [{"name": "why", "type": "string", **field}]}
    data = [["why"], ["hidden"], ["oops"]]
    resource = {"$schema": f"{PROFILE}dataresource.json", "name": "t", "type": "table", "data": data, "schema": schema}
    return Resource.from_descriptor(resource).validate().flatten(["type", "rowNumber"])


loose, strict = faults(categories=["hidden", "missing"]), faults(constraints={"enum": ["hidden", "missing"]})
said = "; ".join(f"{kind} in row {row}" for kind, row in strict)
print(f"categories: {'valid' if not loose else loose}; enum: {said}")
assert (loose, strict) == ([], [["constraint-error", 3]]), "changed"
PY
