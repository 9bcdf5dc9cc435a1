"""region.toml says what a region is; whatever is wrong in it is told with line, key and the nearest right name."""

import pytest

from analysis.errors import AnalysisError
from analysis.region.settings import load_region
from regions import HEAD, region_of

APPROVAL = '[[approval]]\ncity = "{}"\nedition = 2021\nhash = "{}"\nwho = "И. Иванова"\ndate = 2022-04-01\n'
TERM = "[[term]]\nedition = 2021\nuntil = 2022-03-01\n"
CODE = "0123456789abcdef"


def test_a_region_is_found_from_any_folder_below(tmp_path, monkeypatch):
    region_of(tmp_path, {"a": "cities/a"}, "only_approved = true\n")
    (tmp_path / "x/y").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "x/y")
    region = load_region()
    assert (region.root, region.file.head.only_approved) == (tmp_path, True)
    assert region.folder(region.file.cities[0]) == tmp_path / "cities/a"


FAULTS = {
    "a key": (HEAD + 'only_aproved = true\n[[city]]\nid = "a"\nfolder = "a"', ["«only_approved»", "Строка 5"]),
    "a blank": ('[region]\nname = "Край"\npublisher = " "\n[[city]]\nid = "a"\nfolder = "a"', ["«publisher» пуст"]),
    "an id": (HEAD + '[[city]]\nid = "a b"\nfolder = "a"', ["стоит «a b»", "без пробелов", "Строка 6"]),
    "one id": (HEAD + '[[city]]\nid = "a"\nfolder = "a"\n[[city]]\nid = "a"\nfolder = "b"', ["«a» уже стоит"]),
    "one folder": (HEAD + '[[city]]\nid = "a"\nfolder = "a"\n[[city]]\nid = "b"\nfolder = "a"', ["№ 2", "«folder»"]),
    "no city": (HEAD, ["[[city]]"]),
    "a slash": (HEAD + "[[city]]\nid = 'a'\nfolder = 'a\\b'", ["«a/b»"]),
    "whose": (
        HEAD + '[[city]]\nid = "mnimy"\nfolder = "a"\n' + APPROVAL.format("mnimi", CODE),
        ["«mnimy»", "Строка 9"],
    ),
    "a hash": (HEAD + '[[city]]\nid = "a"\nfolder = "a"\n' + APPROVAL.format("a", "12"), ["код из 16 знаков"]),
    "a term twice": (
        HEAD + '[[city]]\nid = "a"\nfolder = "a"\n' + 2 * TERM,
        ["срок 2021 года уже назван", "Строка 12"],
    ),
    "a day": (
        HEAD + '[[city]]\nid = "a"\nfolder = "a"\n' + TERM.replace("2022-03-01", '"1 марта"'),
        ["«until»", "Строка 10"],
    ),
    "no toml": ("[region", ["запись TOML не читается"]),
}


@pytest.mark.parametrize("way", FAULTS)
def test_what_is_wrong_is_told_with_its_place(tmp_path, way):
    text, told = FAULTS[way]
    (tmp_path / "region.toml").write_text(text, encoding="utf-8")
    with pytest.raises(AnalysisError) as error:
        load_region(tmp_path)
    assert [words for words in told if words not in str(error.value)] == []


def test_a_folder_without_a_region_says_so(tmp_path):
    with pytest.raises(AnalysisError, match="region.toml не найден"):
        load_region(tmp_path)
