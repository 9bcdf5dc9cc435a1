"""What people write: plain words in, by line; markup that only a program can mean is refused where it stands."""

import pandas as pd
import pytest

from analysis.cleaning.names import Register
from analysis.documents.material import Key, as_markdown, load_decisions, load_replies, written_lines
from analysis.errors import AnalysisError
from analysis.rules.documents import SETTINGS_FILE, load_settings

REGISTER = Register(
    pd.DataFrame(
        [
            ("edu000001", "9301", "Школа № 1", "МБОУ «СОШ № 1»", "Первая; Общая"),
            ("edu000002", "9302", "Школа № 12", None, "Общая"),
            ("edu000003", "9306", "Лицей «Звёздный»", None, None),
        ],
        columns=["school_login", "code_oo", "school_name", "full_name", "aliases"],
        dtype="str",
    )
)
DECISIONS = """# Аналитическая справка: школа 12

## Гипотеза

Первая.

## Решение
Вторая.

# Совещание
## Решение
Третья.
"""


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "2021"
    (made / "replies").mkdir(parents=True)
    return made


def _written(folder, text):
    (folder / "decisions.md").write_text(text, encoding="utf-8")
    return load_decisions(folder, REGISTER)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("текст <b>жирный</b>", "разметка HTML"),
        ("<!-- скрыто -->", "разметка HTML"),
        ("```{python}", "программный код"),
        ("итог `{python} 1+1`", "программный код"),
        ("{{< include /etc/passwd >}}", "команда вёрстки"),
        ("::: {.content-visible}", "команда вёрстки"),
        ("![рисунок](http://a/b.png)", "рисунок"),
        ("| а | б |", "таблица"),
    ],
)
def test_what_only_a_program_can_mean_is_refused_by_line(line, what):
    with pytest.raises(AnalysisError, match=rf"^файл\.md, строка 2: {what}"):
        written_lines(f"Начало.\n{line}\n", "файл.md")


def test_text_is_text_and_five_marks_are_marks():
    said = as_markdown(written_lines("Доля < 30 % при n=5, a_b, $5\nдалее **жирно** и *косо*\n\n- раз\n- два\n", "f"))
    assert said == ("Доля \\< 30 \\% при n\\=5\\, a\\_b\\, \\$5\nдалее **жирно** и *косо*\n\n- раз\n- два")
    assert as_markdown(written_lines("[приказ](https://a.ru/1) и [нет](javascript:x)", "f")).startswith(
        "[приказ](https://a.ru/1) и \\[нет\\]"
    )
    assert as_markdown(written_lines("1. раз\n2) два", "f")) == "1. раз\n2. два"


def test_a_heading_of_text_is_no_heading():
    assert as_markdown(written_lines("@tbl-x и #хэш", "f")) == "\\@tbl\\-x и \\#хэш"


def test_decisions_belong_to_a_document_and_a_school(folder):
    assert _written(folder, DECISIONS) == {
        Key("school-note", "edu000002", "Гипотеза"): "Первая\\.",
        Key("school-note", "edu000002", "Решение"): "Вторая\\.",
        Key("meeting", "", "Решение"): "Третья\\.",
    }


def test_without_the_file_nobody_has_written(folder):
    assert load_decisions(folder, REGISTER) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# Отчёт\n## Решение\nда", "строка 1: документа «Отчёт» нет"),
        ("# Совещание\n## Итог\nда", "строка 2: заголовок «## Итог» не опознан"),
        ("# Совещание\n### Решение\nда", "строка 2: заголовок «### Решение» не опознан"),
        ("# Совещание\nтекст", "строка 2: текст стоит вне раздела"),
        ("текст", "строка 1: текст стоит вне раздела"),
        ("## Решение\nда", "строка 1: неясно, к какому документу"),
        ("# Совещание: школа 12\n## Решение\nда", "строка 1: этот документ один на город"),
        ("# Аналитическая справка\n## Решение\nда", "строка 1: у справки назовите школу"),
        ("# Аналитическая справка: школа 13\n## Решение\nда", "школы «школа 13» в реестре нет"),
        ("# Совещание\n## Решение\nда\n## Решение\nнет", "строка 4: такой раздел уже есть"),
        ("# Совещание\n## Решение\n<script>", "строка 3: разметка HTML"),
    ],
)
def test_what_is_not_in_the_documented_form_is_named_by_line(folder, text, said):
    with pytest.raises(AnalysisError, match=r"reports/2021/decisions\.md") as error:
        _written(folder, text)
    assert said in str(error.value)


def test_a_reply_has_its_day_and_the_post_of_its_author(folder):
    (folder / "replies/edu000001.md").write_text("Дата: 15.02.2022\nДолжность: директор\n\nСогласны.", encoding="utf-8")
    reply = load_replies(folder, REGISTER)["edu000001"]
    assert (reply.day.isoformat(), reply.post, reply.markdown) == ("2022-02-15", "директор", "Согласны\\.")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("edu000001", "Согласны.", "не указаны дата или должность"),
        ("edu000001", "Дата: вчера\nДолжность: директор\n\nДа.", "строка 1: «вчера» — не дата"),
        ("edu000001", "Дата: 15.02.2022\nДолжность:\n\nДа.", "не указаны дата или должность"),
        ("edu000001", "Дата: 15.02.2022\nДолжность: директор\n", "текста ответа нет"),
        ("edu000001", "Дата: 15.02.2022\nДолжность: директор\n\n<i>Да</i>", "строка 4: разметка HTML"),
        ("edu999999", "Дата: 15.02.2022\nДолжность: директор\n\nДа.", "школы «edu999999» в реестре нет"),
    ],
)
def test_a_reply_that_cannot_be_taken_in_is_refused(folder, name, text, said):
    (folder / f"replies/{name}.md").write_text(text, encoding="utf-8")
    with pytest.raises(AnalysisError, match="reports/2021/replies") as error:
        load_replies(folder, REGISTER)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("asked", "login"),
    [
        ("edu000001", "edu000001"),
        ("9306.0", "edu000003"),
        ("школа №12", "edu000002"),
        ("ЛИЦЕЙ ЗВЕЗДНЫЙ", "edu000003"),
        ("первая", "edu000001"),
    ],
)
def test_a_school_is_known_by_login_code_and_names(asked, login):
    assert REGISTER.login(asked, "--school") == login


def test_the_nearest_names_are_offered_and_two_schools_of_one_name_are_told_apart():
    with pytest.raises(AnalysisError, match=r"Похожие: .*Школа № 1 \(edu000001\)"):
        REGISTER.login("школа 11", "--school")
    with pytest.raises(AnalysisError, match=r"несколько школ.*edu000001.*edu000002"):
        REGISTER.login("общая", "--school")


def test_settings_name_rows_and_minutes(tmp_path):
    assert load_settings(tmp_path).activities == {}
    (tmp_path / "data").mkdir()
    entry = '[[document]]\nkind = "{}"\nactivities = ["3.3", "4.12."]\n'
    minutes = '[[attachment]]\nkind = "meeting"\nyear = 2021\nnumber = "2"\nminutes_date = 2021-12-28\n'
    (tmp_path / SETTINGS_FILE).write_text(f'{entry.format("school-note")}{minutes}minutes_number = "5"\n')
    settings = load_settings(tmp_path)
    assert settings.activities == {"school-note": ("3.3", "4.12")}
    assert settings.attachments[("meeting", 2021)].minutes_number == "5"
    (tmp_path / SETTINGS_FILE).write_text(entry.format("отчёт"))
    with pytest.raises(AnalysisError, match=r"data/documents\.toml, \[\[document\]\] № 1 .отчёт.: ключ «kind»"):
        load_settings(tmp_path)
