"""The chart of the README: CPU time of each program as a multiple of ours."""

import math
import statistics
from xml.sax.saxutils import escape

STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #57606a }
  .name { fill: #24292f } .ours { font-weight: 600 } .head { font-weight: 600; fill: #24292f }
  .bar { fill: #8c96a0; fill-opacity: .45 } .mine { fill: #1a7f37; fill-opacity: .75 }
  .figure { font-size: 11px; fill: #24292f } .line { stroke: #8c96a0; stroke-opacity: .35 }
  .card { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    .card { fill: #0d1117 } text { fill: #9198a1 } .name, .head, .figure { fill: #e6edf3 } .mine { fill: #3fb950 }
  }
"""
LEFT, COLUMN, ROW, TOP = 104, 84, 24, 74


def order(columns, ours):
    """All programs, ours first, then by the middle of their multiples."""

    def middle(name):
        times = [figures[name].cpu / figures[ours].cpu for figures in columns.values() if ours in figures and name in figures]
        return statistics.median(times or [0])

    names = {name for figures in columns.values() for name in figures} - {ours}
    return [ours, *sorted(names, key=lambda name: (middle(name), name))]


def ratio(value):
    """A multiple, with three digits at most."""
    if value < 9.95:
        return f"{value:.1f}\u00d7"
    return f"{value:,.0f}\u00d7"


def draw(columns, programs, ours, title, notes):
    """An SVG table: a row for each program, a column for each thing it does.

    `columns` maps a heading to figures by program. A bar's length is the
    logarithm of the multiple; ours is a mark of fixed length with its time.
    """
    width = LEFT + COLUMN * len(columns) + 8
    height = TOP + ROW * len(programs) + 18 * len(notes) + 16
    most = max(
        (figures[name].cpu / figures[ours].cpu for figures in columns.values() if ours in figures for name in figures),
        default=10,
    )
    room = COLUMN - 10
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{escape(title)}">',
        f"<style>{STYLE}</style>",
        # A ground of its own: a page may be dark where the reader's system is not.
        f'<rect class="card" width="{width}" height="{height}" rx="6"/>',
        f'<text class="head" x="8" y="20" style="font-size:14px">{escape(title)}</text>',
    ]
    for place, heading in enumerate(columns):
        out.append(f'<text class="head" x="{LEFT + COLUMN * place}" y="{TOP - 14}">{escape(heading)}</text>')
    for row, name in enumerate(programs):
        middle = TOP + ROW * row + 15
        mine = " ours" if name == ours else ""
        out.append(f'<path class="line" d="M8 {TOP + ROW * row - 3}H{width - 8}"/>')
        out.append(f'<text class="name{mine}" x="8" y="{middle}">{escape(name)}</text>')
        for place, figures in enumerate(columns.values()):
            x, figure, base = LEFT + COLUMN * place, figures.get(name), figures.get(ours)
            if not figure or not base:
                out.append(f'<text x="{x}" y="{middle}">\u2013</text>')
                continue
            times = figure.cpu / base.cpu
            length = 2 + (room - 2) * max(0, math.log(times)) / math.log(max(most, 2))
            kind = "mine" if name == ours else "bar"
            label = f"{base.cpu / 1e3:.2f} ms" if name == ours else ratio(times)
            out.append(f'<rect class="{kind}" x="{x}" y="{middle - 13}" width="{length:.1f}" height="17" rx="2"/>')
            out.append(f'<text class="figure{mine}" x="{x + 5}" y="{middle}">{escape(label)}</text>')
    for row, note in enumerate(notes):
        out.append(f'<text x="8" y="{TOP + ROW * len(programs) + 16 + 18 * row}">{escape(note)}</text>')
    return "\n".join([*out, "</svg>"]) + "\n"
