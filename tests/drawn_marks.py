"""The pictures of a report measured back: what its marks are worth by the axes they stand on."""

import re
from dataclasses import dataclass, field

from lxml import etree

SVG = "{http://www.w3.org/2000/svg}"
GLYPH_OF_SPACE = 3  # the glyphs of DejaVu Sans stand in the order of ASCII
BELOW_ITS_TICK = 3.42  # the baseline of a label of nine points beside the axis that goes upwards
WORTH = re.compile(r"^(-?\d+(?:\.\d+)?)( %)?$")


@dataclass
class Panel:
    """One set of axes: where labels stand along each, its marks, lines and filled shapes, in points."""

    right: list = field(default_factory=list)
    up: list = field(default_factory=list)
    marks: list = field(default_factory=list)
    lines: list = field(default_factory=list)
    shapes: list = field(default_factory=list)

    def x(self, place):
        return _by_axis(self.right, place)

    def y(self, place):
        return _by_axis(self.up, place)


def panels(path):
    """The axes of a picture that matplotlib has drawn, from above."""
    figure = etree.parse(path).getroot().find(f"{SVG}g")
    groups = [one for one in figure if len(one) > 2 and next(one.iter(f"{SVG}path")).get("style") == "fill:#ffffff"]
    return [_panel(one) for one in groups]


def _panel(group):
    panel, tick = Panel(), None
    ticks = {one.get("id") for one in group.getroottree().iter(f"{SVG}path") if one.get("d") == "M0 0L0 3.5 "}
    left = _points(next(group.iter(f"{SVG}path")))[0][0]
    for one in group.iter(f"{SVG}use", f"{SVG}g", f"{SVG}path"):
        is_data = any(above.get("clip-path") for above in (one, one.getparent()))
        place = (float(one.get("x", 0)), float(one.get("y", 0)))
        if one.tag == f"{SVG}use" and one.get("href")[1:] in ticks:
            tick = place[0]
        elif one.tag == f"{SVG}use" and is_data:
            panel.marks.append(place)
        elif one.tag == f"{SVG}g" and "scale" in (one.get("transform") or ""):
            _label(panel, one, tick, left)
            tick = None
        elif one.tag == f"{SVG}path" and is_data:
            closed = one.get("d").strip().endswith("z")
            (panel.shapes if closed else panel.lines).append((_points(one), one.get("style")))
    return panel


def _label(panel, group, tick, left):
    """Notes what a label beside an axis is worth; one that is no number stands nowhere."""
    glyphs = [re.fullmatch(r"#g([0-9a-f]+)", one.get("href")) for one in group.iter(f"{SVG}use")]
    said = "".join(chr(int(one[1], 16) - GLYPH_OF_SPACE + ord(" ")) for one in glyphs if one)
    worth, at = WORTH.match(said), [float(one) for one in re.findall(r"-?[\d.]+", group.get("transform"))]
    if worth:
        value = float(worth[1]) / (100 if worth[2] else 1)
        if tick is not None:
            panel.right.append((tick, value))
        elif at[0] < left:
            panel.up.append((at[1] - BELOW_ITS_TICK, value))


def _points(path):
    numbers = [float(one) for one in re.findall(r"-?[\d.]+", path.get("d"))]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _by_axis(labels, place):
    (first, least), (last, most) = labels[0], labels[-1]
    return least + (place - first) * (most - least) / (last - first)
