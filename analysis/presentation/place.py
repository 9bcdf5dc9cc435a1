"""Places in a report what `analysis build` has written; computes and draws nothing."""

from pathlib import Path

CONTENT_FOLDER = "_content"
# Beside the pieces: which rows of which stored tables each table and picture shows.
EXHIBITS = "exhibits.json"
# What a build makes in the folder of an edition.
MADE_FOLDERS = (CONTENT_FOLDER, "figures", "data")


def place(name: str) -> None:
    """Prints a ready piece of Markdown into the document whose cell calls it.

    Args:
        name: «2021/summary» is the file reports/2021/_content/summary.md; «editions» is reports/_content/editions.md.

    Raises:
        FileNotFoundError: The piece has not been built.
    """
    *folders, piece = name.split("/")
    path = _reports(Path.cwd()).joinpath(*folders, CONTENT_FOLDER, f"{piece}.md")
    if not path.is_file():
        raise FileNotFoundError(f"нет файла {name}: сначала выполните analysis build")
    print(path.read_text(encoding="utf-8"))  # noqa: T201 - printing is how a cell places text


def _reports(start: Path) -> Path:
    for folder in (start, *start.parents):
        if (folder / "_quarto.yml").is_file():
            return folder
    raise FileNotFoundError(f"файл _quarto.yml не найден ни в папке {start}, ни выше")
