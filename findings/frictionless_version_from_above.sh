#!/usr/bin/env bash
# frictionless 5.21.0: a schema that says that it is of Data Package 2 is read as version 1 where the package above it
# says nothing.
#
# A schema with "$schema" of version 2 and missingValues as objects is right on its own. In a package without "$schema"
# the same schema is refused, although it and its resource both name version 2: a version comes from above, and none
# means 1. With "$schema" at the root it is right again, whatever the resource and the schema say.
#
# Seen: «alone: right; under a package without $schema: refused; with it: right».
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "frictionless==5.21.0"
"$folder/venv/bin/python" - <<'PY'
from frictionless import FrictionlessException, Package, Schema

PROFILE = "https://datapackage.org/profiles/2.0/"
SCHEMA = {
    "$schema": f"{PROFILE}tableschema.json",
    "fields": [{"name": "n", "type": "integer"}],
    "missingValues": [{"value": "", "label": "not given"}],
}
RESOURCE = {"$schema": f"{PROFILE}dataresource.json", "name": "t", "type": "table", "data": [["n"], [1]], "schema": SCHEMA}


def read(make, descriptor):
    try:
        make(descriptor)
    except FrictionlessException as error:
        assert "require datapackage v2" in str(error), f"changed: {error}"
        return "refused"
    return "right"


alone = read(Schema.from_descriptor, SCHEMA)
without = read(Package.from_descriptor, {"name": "p", "resources": [RESOURCE]})
root = {"$schema": f"{PROFILE}datapackage.json", "name": "p", "resources": [RESOURCE]}
print(f"alone: {alone}; under a package without $schema: {without}; with it: {read(Package.from_descriptor, root)}")
assert (alone, without, read(Package.from_descriptor, root)) == ("right", "refused", "right"), "changed"
PY
