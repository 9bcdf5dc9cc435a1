"""From a signed school-support roadmap to validated tables and a published annual report.

Начало работы в блокноте:

    import analysis
    city = analysis.open_project()
    city
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.project.opened import OpenProject
    from analysis.region.opened import OpenRegion

__all__ = ["open_project", "open_region"]


def open_project(folder: str | Path | None = None, *, audience: str | None = None) -> "OpenProject":
    """Открывает проект: всё, что есть в последней сборке, и всё, что умеют команды.

    Args:
        folder: Папка проекта. Без неё — папка из переменной ANALYSIS_PROJECT, а если её нет, ближайшая сверху, в
            которой лежит project.toml.
        audience: "internal" — числа полностью, для служебного пользования (так в блокноте и в терминале, если не
            сказано иное); "public" — только то, что напечатано в открытом отчёте. Внутри отчёта, который публикуется,
            действует то, для кого отчёт, и повысить этого нельзя.

    Returns:
        Открытый проект. Наберите его имя в ячейке — он скажет, что в нём есть и что делать дальше.

    Raises:
        AnalysisError: В папке нет проекта, или project.toml не читается; сказано, что сделать.

    >>> import analysis
    >>> city = analysis.open_project("demo")
    >>> city.years
    [2020, 2021, 2022]
    """
    from analysis.project.opened import opened

    return opened(folder, audience)


def open_region(folder: str | Path | None = None) -> "OpenRegion":
    """Открывает регион: таблицы всех городов вместе, из последней сборки (analysis region build).

    Числа полные, для служебного пользования: в отчёте, который публикуется, регион не открывается.

    Args:
        folder: Папка с region.toml; без неё — ближайшая сверху, в которой он лежит.

    Returns:
        Открытый регион: .cities, .tables, .sql(…).

    Raises:
        AnalysisError: В папке нет региона, или region.toml не читается; сказано, что сделать.

    >>> import analysis
    >>> region = analysis.open_region("demo-region")
    >>> region.cities["Состояние"].tolist()[0]
    'собран'
    """
    from analysis.region.opened import opened

    return opened(folder)
