"""Every reference of a derivation leads to a column of a contract, and every stored table has its derivation."""

import tomllib
from dataclasses import fields

import pytest

from analysis.contracts.tables import FILE, TABLES, Derivation, derivations
from analysis.pipeline.chains import PUBLIC, table_words

FIELDS = {name: set(contract.to_schema().columns) for name, contract in TABLES.items()}
# Tables of the printed report alone: their rows are rows of others.
PRINTED = {"cells", "set_aside_rows"}


def test_no_key_of_the_file_is_passed_over():
    written = tomllib.loads(FILE.read_text(encoding="utf-8"))
    keys = {key for kind in ("received", "made") for said in written[kind].values() for key in said}
    assert written.keys() == {"rules", "received", "made"}
    assert keys == {one.name for one in fields(Derivation)} - {"received"}


def test_every_stored_table_has_a_derivation():
    assert set(table_words()) == set(TABLES) - PRINTED


@pytest.mark.parametrize("name", [name for name in derivations() if name in FIELDS])
def test_every_reference_resolves(name):
    said = derivations()[name]
    assert {*said.about, *said.values, *said.columns} <= FIELDS[name]
    assert set(said.edges.values()) <= set(FIELDS)
    assert set(said.nothing) <= set(said.edges)
    lost = [
        one
        for made in said.columns.values()
        for edge, _, column in (reference.partition(".") for reference in made.of)
        for one in [f"{edge}.{column}"]
        if edge not in said.edges or column not in {*FIELDS[said.edges[edge]], "*"}
    ]
    assert lost == []


def test_a_public_table_leads_to_its_whole_one_cell_by_cell():
    words = table_words()
    public = [name for name in words if name.startswith(PUBLIC)]
    assert len(public) == 9
    for name in public:
        columns = words[name]["columns"]
        assert {one["of"][0].split(".")[0] for one in columns.values()} == {"whole"}
