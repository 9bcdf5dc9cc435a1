"""The few things done to paragraphs of a Word document's main part."""

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def text(paragraph: etree._Element) -> str:
    """The words of a paragraph."""
    return "".join(one.text or "" for one in paragraph.iter(f"{W}t")).strip()


def style(block: etree._Element | None) -> str:
    """The identifier of a paragraph's style; nothing for a table, or for what is not there."""
    found = None if block is None else block.find(f"{W}pPr/{W}pStyle")
    return "" if found is None else found.get(f"{W}val", "")


def properties(element: etree._Element, name: str) -> etree._Element:
    """The element's properties; they come before all else in it."""
    found = element.find(f"{W}{name}")
    if found is None:
        found = etree.Element(f"{W}{name}")
        element.insert(0, found)
    return found


def keep_with_next(paragraph: etree._Element) -> None:
    """Lets no page end with the paragraph."""
    look = properties(paragraph, "pPr")
    if look.find(f"{W}keepNext") is None:  # the order is fixed: style, then this
        look.insert(0 if look.find(f"{W}pStyle") is None else 1, etree.Element(f"{W}keepNext"))


def remove(element: etree._Element) -> None:
    """Takes an element out of the document."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
