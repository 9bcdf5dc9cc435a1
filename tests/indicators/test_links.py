"""Membership: one integer a source row; what a join or a grouping would put behind each derived row."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis.indicators.links import grouped, matched, pointing

KEYS = st.lists(st.tuples(st.sampled_from(["а", "б", None]), st.integers(0, 2)), max_size=12)


def _frame(rows):
    return pd.DataFrame(rows, columns=["who", "year"]).astype({"who": "str", "year": "Int64"})


@given(KEYS, KEYS)
def test_behind_a_row_stand_the_source_rows_of_its_key(derived, source):
    links = matched(_frame(derived), "source", [_frame(source)], ["who", "year"])
    behind = [links.behind(number).tolist() for number in range(len(derived))]
    assert behind == [[row for row, one in enumerate(source) if one == key] for key in derived]


def test_a_source_row_of_two_views_stands_once_and_keeps_its_number():
    source = _frame([("а", 1), ("б", 1), ("а", 1)])
    views = [source.iloc[1:], source.assign(who="а").iloc[[2]]]
    links = matched(_frame([("а", 1)]), "source", views, {"who": "who", "year": "year"})
    assert links.behind(0).tolist() == [2]


def test_a_pointer_leads_to_one_row_or_to_none():
    links = pointing("source", [4, -1])
    assert links.behind(0).tolist() == [4]
    assert links.behind(1).tolist() == []


def test_rows_of_one_node_share_their_members():
    links = grouped("source", np.array([1, 0, 1, 5]), (np.array([1, 0, 1]), np.array([7, 3, 2])))
    assert [links.behind(row).tolist() for row in range(4)] == [[2, 7], [3], [2, 7], []]
    assert links.members.dtype == np.int32
