"""A printed probability never contradicts the verdict that was made of it without rounding."""

import pytest

from analysis.indicators.selection import TELLABLE
from analysis.presentation.shares import NOTED, SURE, UNSURE, probability, words_of


@pytest.mark.parametrize(
    ("chance", "said"),
    [
        (0, "менее 1 %"),
        (0.0099, "менее 1 %"),
        (0.431, "43 %"),
        (0.9901, "более 99 %"),
        (1, "более 99 %"),
        (None, "—"),
        # Rounding would carry it over 95 %, or onto 5 %: a digit more, and where that does as much, the words.
        (0.95, "95 %"),
        (0.9462, "94,6 %"),
        (0.9496, "менее 95 %"),
        (0.0504, "более 5 %"),
        (0.0536, "5,4 %"),
        (0.05, "5 %"),
        (0.7962, "79,6 %"),
        (0.7996, "менее 80 %"),
        (0.8, "80 %"),
    ],
)
def test_a_probability_in_words(chance, said):
    assert probability(chance).replace("\N{NO-BREAK SPACE}", " ") == said


def test_what_is_read_leads_to_the_same_verdict():
    for thousandths in range(10, 990):
        _read_as_it_is(thousandths / 1000 + 0.0004)


def _read_as_it_is(chance):
    said = probability(chance).removesuffix("\N{NO-BREAK SPACE}%").replace(",", ".")
    less, more = said.startswith("менее "), said.startswith("более ")
    read = float(said.split()[-1]) / 100 - 1e-6 * less + 1e-6 * more
    assert (read >= SURE, read <= UNSURE) == (chance >= SURE, chance <= UNSURE)
    assert (read >= NOTED) == (chance >= NOTED)


@pytest.mark.parametrize(("line", "said"), [(SURE, "95 %"), (UNSURE, "5 %"), (NOTED, "80 %")])
def test_the_lines_have_names(line, said):
    assert words_of(line).replace("\N{NO-BREAK SPACE}", " ") == said


def test_leaving_the_list_is_told_from_chance_at_the_line_of_the_other_statements():
    assert TELLABLE == UNSURE
