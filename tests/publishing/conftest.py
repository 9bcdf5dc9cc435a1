"""A small report project with everything the renderer supports, and the site made of it."""

import shutil
import struct
import zlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
import yaml

from analysis.files.memory import Progress
from analysis.files.storage import fingerprint
from analysis.publishing import Request, publish

REPORTS = Path(__file__).parents[2] / "reports"
DOCUMENTS = ("index.qmd", "2020/annual-report-2020.qmd", "2021/annual-report-2021.qmd")
LITERALS = (
    "**x**",
    "<script>",
    "# не заголовок",
    "$5$",
    "=1+1",
    "@fig-1",
    "a|b",
    "`код`",
    "{{< include x >}}",
    "_ф_",
    "[т](у)",
)

SUMMARY = """
::: {.lead}
План показан в таблице [-@tbl-plan], на [рисунке @fig-plan]; подробнее: @sec-plan, @tbl-more.
:::

- пункт *курсивом*;
- **жирный** пункт, <https://example.org/> и [отчёт за другой год](../2020/annual-report-2020.html).

::: {.callout-important title="Противоречие"}
Итог не сходится с годами.
:::

::: {.content-visible when-format="html"}
Данные: [CSV](data/plan.csv).
:::

::: {.content-visible unless-format="html"}
Данные: файл plan.csv.
:::

УО
:   управление образования
"""

PLAN = """
| № | Мероприятие | План |
|---|-------------------------------------------------------------------------------|----:|
| 1\\.1 | Отбор школ | не менее 1 |
| 1\\.2 | LITERALS | 2 |

: План на год {#tbl-plan}

![План по задачам](figures/plan){#fig-plan fig-alt="Столбец показывает \\"план\\": 2."}

| А | Б |
|---|---|
MANY ROWS
: Ещё одна {#tbl-more}
"""

PART = """```{python}
#| include: false
from pathlib import Path

def place(name):
    print(Path("_content", name + ".md").read_text(encoding="utf-8"))
```

# Главное за `{python} year` год {#sec-summary}

```{python}
#| output: asis
place("summary")
```

# План {#sec-plan}

## По задачам {#sec-tasks}

### Подробно

#### Мелочь

```{python}
#| output: asis
place("plan")
```

# Приложение {.unnumbered}

Конец, см. @sec-tasks. Литерал: `{python} '*' + str(year) + '*'`.
"""

EDITION = """---
title: "Отчёт за {year} год"
subtitle: "Дорожная карта"
---

```{{python}}
#| include: false
year = {year}
```

{{{{< include ../_parts/annual.qmd >}}}}
"""

INDEX = """---
title: "Отчёты"
format: html
number-sections: false
---

# Издания

- [2020 год](2020/annual-report-2020.qmd): [PDF](2020/annual-report-2020.pdf), [DOCX](2020/annual-report-2020.docx)
- [2021 год](2021/annual-report-2021.qmd): [PDF](2021/annual-report-2021.pdf), [DOCX](2021/annual-report-2021.docx)
"""


def escaped(text: str) -> str:
    """Escapes data for Markdown as the presentation does: every punctuation mark gets a backslash."""
    return "".join(f"\\{mark}" if mark.isascii() and not mark.isalnum() and mark != " " else mark for mark in text)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _plan() -> str:
    rows = "".join(f"| {number} | строка |\n" for number in range(1, 61))
    return PLAN.replace("LITERALS", escaped(" ; ".join(LITERALS))).replace("MANY ROWS", rows)


def _png() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 72)) + chunk(b"IEND", b"")
    )


def make_project(root: Path) -> Path:
    """Writes the project; its settings are those of the real reports, but for the list of editions."""
    reports = root / "reports"
    shutil.copytree(REPORTS / "_assets", reports / "_assets")
    shutil.copyfile(REPORTS / "styles.css", reports / "styles.css")
    settings = yaml.safe_load((REPORTS / "_quarto.yml").read_text(encoding="utf-8"))
    settings["website"]["navbar"]["left"] = [{"text": name[:4], "href": name} for name in DOCUMENTS]
    write(reports / "_quarto.yml", yaml.safe_dump(settings, allow_unicode=True))
    write(reports / "index.qmd", INDEX)
    write(reports / "_parts" / "annual.qmd", PART)
    for year in (2020, 2021):
        folder = reports / str(year)
        write(folder / f"annual-report-{year}.qmd", EDITION.format(year=year))
        write(folder / "_content" / "summary.md", SUMMARY)
        write(folder / "_content" / "plan.md", _plan())
        write(folder / "data" / "plan.csv", "код;план\n1.1;1\n")
        picture = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40"><rect width="30" height="40"/></svg>'
        write(folder / "figures" / "plan.svg", picture)
        (folder / "figures" / "plan.png").write_bytes(_png())
    return reports


class Heard(Progress):
    """Hears the steps as sentences too."""

    def step(self, text: str, done: int = 0, of: int = 0, at: str = "") -> None:
        self.say(f"{text}: {at}")


def run(
    reports: Path,
    documents: Sequence[str] = DOCUMENTS,
    formats: Sequence[str] = ("html", "pdf", "docx"),
    engine: str = "builtin",
) -> list[str]:
    """Publishes and returns what was said meanwhile."""
    said: list[str] = []
    publish(reports, Request(documents, formats, engine, date(2023, 1, 31)), progress=Heard(said.append))
    return said


def files(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()}


@pytest.fixture(autouse=True)
def code(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for the code of the package, so that who edits it meanwhile changes no result."""
    package = tmp_path_factory.getbasetemp() / "analysis"
    write(package / "module.py", "")
    monkeypatch.setattr(
        "analysis.publishing.state.code_fingerprint", lambda: fingerprint(package, package.glob("*.py"))
    )
    return package


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    return make_project(tmp_path)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    reports = make_project(tmp_path_factory.mktemp("project"))
    run(reports)
    return reports / "_site"


ANNEX = """---
title: "Приложение за 2021 год"
in-menu: "Приложение"
format: html
---

# Метод {#sec-method}

Слова.
"""
SCHOOL = """---
title: "Школа № {number} & Ко"
in-menu: "Школы / Школа № {number} & Ко"
format: html
---

# Итоги {{#sec-summary}}

Слова.
"""


@pytest.fixture(scope="session")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a project whose year has several pages."""
    reports = make_project(tmp_path_factory.mktemp("moved"))
    write(reports / "2021/annex-2021.qmd", ANNEX)
    for number in (2, 10):
        write(reports / f"2021/school-{number}.qmd", SCHOOL.format(number=number))
    pages = [DOCUMENTS[0], DOCUMENTS[2], *(f"2021/{name}.qmd" for name in ("annex-2021", "school-2", "school-10"))]
    run(reports, pages, ["html"])
    return reports / "_site"
