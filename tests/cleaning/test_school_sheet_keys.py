"""What a row of a sheet names: a letter of another alphabet is told, because nobody sees it."""

import pytest

from analysis.cleaning.school_sheets import UnknownRowError, _listed


@pytest.mark.parametrize(
    ("said", "letters"),
    [("Mатематика", "стоят латинские: M."), ("PИСО", "стоят латинские: P."), ("Астрономия", ""), ("IT-класс", "")],
)
def test_latin_letters_among_russian_ones_are_named(said, letters):
    with pytest.raises(UnknownRowError) as stopped:
        _listed("competence", {"competence": said}, ["Математика"])
    assert str(stopped.value).endswith(letters or f"«{said}».")
