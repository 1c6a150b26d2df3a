"""Just enough SVG for the pictures of the validity page: panels with axes, points, lines, words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

_INK, _MUTE, _GRID = "#24292f", "#57606a", "#d8dee4"
_FONT = "font-family='system-ui, sans-serif'"
Point = tuple[float, float]


@dataclass
class Picture:
    """A white sheet with a title; every picture says that its data are synthetic."""

    width: int
    height: int
    title: str
    elements: list[str] = field(default_factory=list)

    def add(self, element: str) -> None:
        self.elements.append(element)

    def write(
        self, x: float, y: float, words: str, size: int = 12, colour: str = _INK, more: str = ""
    ) -> None:
        """Writes words from `x` on, their foot at `y`."""
        attributes = f"font-size='{size}' fill='{colour}' {_FONT} {more}"
        self.add(f"<text x='{x:.1f}' y='{y:.1f}' {attributes}>{escape(words)}</text>")

    def svg(self) -> str:
        """Returns the picture as a file's content."""
        sheet = Picture(self.width, self.height, self.title)
        sheet.write(16, 26, self.title, 15, more="font-weight='600'")
        sheet.write(
            self.width - 16, 26, "synthetic data", colour="#9a3412", more="text-anchor='end'"
        )
        body = "\n".join([*sheet.elements, *self.elements])
        size = f"viewBox='0 0 {self.width} {self.height}' width='{self.width}'"
        return (
            f"<svg xmlns='http://www.w3.org/2000/svg' {size} role='img'>\n"
            f"<title>{escape(self.title)} (synthetic data)</title>\n"
            f"<rect width='100%' height='100%' fill='#ffffff'/>\n{body}\n</svg>\n"
        )


@dataclass(frozen=True)
class Axis:
    """From where to where, the ticks, and what they measure."""

    low: float
    high: float
    ticks: Sequence[float]
    words: str
    unit: str = ""

    def share(self, value: float) -> float:
        """Returns how far along the axis a value lies, 0 to 1, those outside at its ends."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)


@dataclass(frozen=True)
class Panel:
    """An area of a picture with its two axes; left, top, width and height in pixels."""

    picture: Picture
    box: tuple[float, float, float, float]
    x: Axis
    y: Axis

    def place(self, point: Point) -> Point:
        """Returns where a point lies in the picture."""
        left, top, width, height = self.box
        return left + self.x.share(point[0]) * width, top + (1 - self.y.share(point[1])) * height

    def draw_axes(self, title: str = "") -> None:
        """Draws grid, ticks and words."""
        left, top, width, height = self.box
        for tick in self.y.ticks:
            _, y = self.place((self.x.low, tick))
            self._stroke((left, y), (left + width, y), _GRID)
            self._label(left - 6, y + 4, f"{tick:g}{self.y.unit}", "end")
        for tick in self.x.ticks:
            x, _ = self.place((tick, self.y.low))
            self._label(x, top + height + 16, f"{tick:g}{self.x.unit}", "middle")
        self._stroke((left, top + height), (left + width, top + height), _MUTE)
        self._label(left + width / 2, top + height + 34, self.x.words, "middle")
        self._label(left, top - 8, self.y.words, "start")
        self.picture.write(left, top - 26, title, 13, more="font-weight='600'")

    def draw_line(self, points: Iterable[Point], colour: str, more: str = "") -> None:
        """Draws a line through the points; `more` are attributes such as a dash."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(self.place, points))
        self.picture.add(
            f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='2' {more}/>"
        )

    def draw_points(
        self, points: Iterable[Point], colour: str, radius: float = 3, more: str = ""
    ) -> None:
        """Draws a dot for each point."""
        for x, y in map(self.place, points):
            dot = f"cx='{x:.1f}' cy='{y:.1f}' r='{radius}' fill='{colour}' {more}"
            self.picture.add(f"<circle {dot}/>")

    def name_point(self, point: Point, words: str, colour: str) -> None:
        """Writes words at the right of a point."""
        x, y = self.place(point)
        self.picture.write(x + 7, y + 4, words, 12, colour)

    def _stroke(self, start: Point, end: Point, colour: str) -> None:
        ends = f"x1='{start[0]:.1f}' y1='{start[1]:.1f}' x2='{end[0]:.1f}' y2='{end[1]:.1f}'"
        self.picture.add(f"<line {ends} stroke='{colour}'/>")

    def _label(self, x: float, y: float, words: str, anchor: str) -> None:
        self.picture.write(x, y, words, 11, _MUTE, f"text-anchor='{anchor}'")
