"""Exports arrive, are checked, counted and published; no name of a pupil gets past the door."""

import io
import tomllib
import zipfile

import openpyxl
import pandas as pd
import pytest

from analysis.files.storage import read_table
from analysis.rules.config import load_sources
from export_files import NAMES, PROTOCOL_HEADING, csv_text, f1, f1_row, protocol, protocol_row, xlsx

SCHOOLS = [("edu260001", "9306", "26", "МБОУ «СОШ № 1»"), ("edu260002", "9307", "26", "Лицей № 2")]
SUBJECT = "12 - Обществознание 2022.06.02"
STATISTICS = [
    ["ВПР 2022 Русский язык 6 класс"],
    ["Группы участников", "Кол-во участников", "2", "3", "4", "5"],
    ["МБОУ СОШ № 1 (edu260001)", 24, "8,33", "33,33", "41,67", "16,67"],
]


@pytest.fixture
def office(tmp_path, house, run):
    """A project with a registry, and an inbox beside it."""
    inbox = tmp_path.parent / f"{tmp_path.name}_inbox"
    inbox.mkdir()
    text = (house / "project.toml").read_text(encoding="utf-8").split("[collection]")[0]
    text += f'\n[collection]\nmunicipal = ["УО", "ИМО"]\nschools = "ОО"\ninbox = "../{inbox.name}"\n'
    (house / "project.toml").write_text(text, encoding="utf-8")
    assert run(house, "forms", "2022")[0] == 0
    book = openpyxl.load_workbook(house / "output/forms/2022/registry.xlsx")
    for row, school in enumerate(SCHOOLS, start=2):
        for column, value in enumerate(school, start=1):
            book["Школы"].cell(row, column).value = value
        for column, value in enumerate((school[0], "2022/23", "ШНОР"), start=1):
            book["Статус"].cell(row, column).value = value
    path = inbox / "registry.xlsx"
    book.save(path)
    assert receive(house, run, path)[0] == 0
    path.unlink()
    return house, inbox


def receive(house, run, *files):
    return run(house, "receive", *map(str, files), "--received", "2022-11-01")


def spoiled(row):
    """The row as it is, and once more for each column with a name in the place of what stands there."""
    planted = f"{NAMES[0]} {NAMES[1]} 77"
    return [row, *([*row[:column], planted, *row[column + 1 :]] for column in range(len(row)))]


def pupil_files(inbox):
    ege = [*PROTOCOL_HEADING[:-1], "Балл"]
    sound = [protocol_row(number, code, 3 + number % 2) for code in (9306, 9307) for number in range(1, 7)]
    marks = spoiled(protocol_row(8, 9306, 4))
    scores = spoiled(protocol_row(8, 9307, 61, grade="11А"))
    journal = [f1_row(number, 4, 3, grade=6) for number in range(1, 6)] + spoiled(f1_row(9, 4, 4, grade=6))
    title = f"Протокол: {NAMES[0]} {NAMES[1]}"
    (inbox / "oge.xlsx").write_bytes(xlsx(protocol((SUBJECT, sound)), names=[NAMES[0]]))
    (inbox / "oge_spoiled.csv").write_bytes(csv_text(protocol((SUBJECT, marks), (NAMES[1], sound), title=title)))
    (inbox / "ege.xlsx").write_bytes(
        xlsx(protocol(("3 - Физика 2022.06.06", scores), heading=ege, title=f"ЕГЭ {title}"))
    )
    (inbox / "f1.xlsx").write_bytes(xlsx(f1(*journal, title="ВПР 2022 Русский язык 6 класс")))
    (inbox / "broken.xlsx").write_bytes(xlsx([[*NAMES], [*NAMES]]))
    (inbox / "broken.csv").write_bytes(f'{NAMES[0]};{NAMES[1]}\n"{NAMES[2]}'.encode())


def everything_in(folder):
    """Every file of a folder as bytes, those inside packages and tables too."""
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        yield str(path), content + path.name.encode()
        if path.suffix == ".parquet":
            yield str(path), pd.read_parquet(path).to_csv().encode()
        elif content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as package:
                yield from ((f"{path}/{name}", package.read(name)) for name in package.namelist())


def test_no_name_gets_past_the_door(office, run):
    house, inbox = office
    pupil_files(inbox)
    told = [receive(house, run)]
    told += [run(house, "check", "--annotate"), run(house, "report", "2022", "--format", "html")]
    told += [run(house, "report", "2022", "--format", "html", "--audience", "internal")]
    assert [code for code, _, _ in told[1:]] == [0, 0, 0]
    said = "".join(out + err for _, out, err in told)
    assert "broken.xlsx: выгрузка не опознана" in said
    assert "столбце «Оценка» не отметка" in (house / "output/findings.txt").read_text(encoding="utf-8")
    leaks = [path for path, content in everything_in(house) for name in NAMES if name.encode() in content]
    assert leaks == []
    assert not any(name in said for name in NAMES)


def test_what_is_kept_of_a_file_with_pupils(office, run):
    house, inbox = office
    pupils = [protocol_row(1, 9306, 2), protocol_row(2, 9306, 5), protocol_row(3, 9307, 4)]
    (inbox / "oge.xlsx").write_bytes(xlsx(protocol((SUBJECT, pupils))))
    code, out, err = receive(house, run)
    assert (code, err) == (0, "")
    (source,) = [one for one in load_sources(house) if one.kind == "counts"]
    assert (source.replaces, len(source.derived_from), source.file[:23]) == (
        "",
        64,
        "data/raw/2022/counts_" + source.sha256[:2],
    )
    assert "уже принят" in receive(house, run)[1]
    run(house, "check")
    assert run(house, "build")[0] == 0
    rows = read_table(house, "results")
    shown = rows[["school_login", "subject", "mark_2_count", "mark_3_count", "mark_4_count", "mark_5_count", "place"]]
    assert shown.values.tolist() == [
        ["edu260001", "Обществознание", 1, 0, 0, 1, "лист 1, строки 6–7"],
        ["edu260002", "Обществознание", 0, 0, 1, 0, "лист 1, строка 8"],
    ]


def test_an_aggregated_export_is_kept_as_it_came_and_its_wave_is_told(office, run):
    house, inbox = office
    path = inbox / "stat.xlsx"
    path.write_bytes(xlsx(STATISTICS))
    code, _, err = run(house, "receive", str(path), "--wave", "зима")
    assert (code, "Волны «зима»" in err) == (1, True)
    run(house, "receive", str(path), "--wave", "осень", "--received", "2022-11-01")
    (source,) = [one for one in load_sources(house) if one.kind == "export"]
    assert source.wave == "осень"
    assert (house / source.file).read_bytes() == path.read_bytes()
    assert run(house, "build")[0] == 0
    rows = read_table(house, "results")
    assert rows[["wave", "programme_grade", "participant_count", "mark_2_count"]].values.tolist() == [
        ["осень", 5, 24, 2]
    ]


def test_pupils_inside_the_project_are_refused(office, run):
    house, _ = office
    path = house / "data/protocol.xlsx"
    path.write_bytes(xlsx(protocol((SUBJECT, [protocol_row(1, 9306, 2)]))))
    code, _, err = receive(house, run, path)
    assert (code, "внутри проекта" in err) == (1, True)
    assert not list((house / "data/raw").rglob("counts_*"))


def test_inbox_inside_the_project_is_refused(office, run):
    house, _ = office
    text = (house / "project.toml").read_text(encoding="utf-8")
    inbox = tomllib.loads(text)["collection"]["inbox"]
    (house / "project.toml").write_text(text.replace(inbox, "inbox"), encoding="utf-8")
    code, _, err = receive(house, run)
    assert (code, "лежит внутри проекта" in err) == (1, True)


def test_pupils_put_into_the_project_by_hand_stop_the_check(office, run):
    house, inbox = office
    path = inbox / "stat.xlsx"
    path.write_bytes(xlsx(STATISTICS))
    receive(house, run, path)
    (source,) = [one for one in load_sources(house) if one.kind == "export"]
    content = xlsx(protocol((SUBJECT, [protocol_row(1, 9306, 2)])))
    (house / source.file).write_bytes(content)
    code, out, _ = run(house, "check")
    assert (code, "изменился после получения" in out) == (1, True)


@pytest.mark.parametrize("year", ["2021", "2019"])
def test_export_of_another_year_is_refused(office, run, year):
    house, inbox = office
    path = inbox / "oge.xlsx"
    path.write_bytes(xlsx(protocol((SUBJECT.replace("2022", year), [protocol_row(1, 9306, 2)]))))
    code, _, err = run(house, "receive", str(path), "--year", "2022")
    assert (code, f"в файле {year} год, а назван 2022" in err) == (1, True)
