"""What the public may ask of the stored tables: the cells that a public edition has printed."""

import pandas as pd

from analysis.presentation.exports import hidden_in
from analysis.project.explanation import Part, _part


def test_a_number_that_the_data_of_an_exhibit_hide_is_in_no_public_table(tmp_path):
    path = tmp_path / "tbl-fact-1.csv"
    path.write_text("measure_label,n,n_status\n1.1,,hidden\n1.2,7,\n1.3,,missing\n", encoding="utf-8")
    hidden = hidden_in(path, [4, 2, 3])
    assert hidden == {"n": {4}}
    stored = pd.DataFrame({"measure_label": list("abcde"), "n": pd.array([1, 2, 7, None, 3], dtype="Int64")})
    public = _part(stored, [Part([4, 2, 3], {"measure_label", "n"}, hidden)])
    assert public["measure_label"].tolist() == ["c", "d", "e"]
    assert public["n"].fillna(-1).tolist() == [7, -1, -1]
