"""The overview: what the corpus holds, in charts with their tables."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.report import charts
from pipeline.report.book import Book, Source
from pipeline.report.charts import Series
from pipeline.report.pages import environment
from pipeline.report.rows import Rows
from pipeline.schema import CUE_CLASSES, FORMS, Claim

TOP = 12
"""Bars in one chart; the table behind it has every row up to ``TABLE_ROWS``."""

TABLE_ROWS = 100
STACKED_OUTLETS = 4
OUTLET_CLAIMS = 10
"""Claims an outlet needs for a share of anonymous ones: with fewer, one claim moves it by over 10 points."""

MONTHS_FROM_DAYS = 120
YEARS_FROM_DAYS = 365 * 6
DAYS_UP_TO = 32


@dataclass(slots=True)
class Tally:
    """Counts that need every claim once."""

    forms: Counter[str] = field(default_factory=Counter)
    classes: Counter[tuple[str, bool]] = field(default_factory=Counter)

    def add(self, claim: Claim) -> None:
        """Count a claim."""
        self.forms[claim.form] += 1
        self.classes[claim.cue_class, claim.anonymous] += 1


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, the table behind it and the sentence that stands for it where it cannot be seen."""

    key: str
    title: str
    alt: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    draw: Callable[[], str]
    note: str = ""
    links: Sequence[str | None] = ()


def write_overview(folder: Path, book: Book, rows: Rows, tally: Tally) -> None:
    """Write ``index.html`` with its charts and their data."""
    (folder / "charts").mkdir()
    shown = [chart for chart in _charts(book, tally) if chart.rows]
    for chart in shown:
        drawn = chart.draw()
        for theme, svg in (("light", drawn), ("dark", charts.darken(drawn))):
            (folder / "charts" / f"{chart.key}-{theme}.svg").write_text(svg, encoding="utf-8")
        table = _csv(chart.columns, chart.rows)
        (folder / "charts" / f"{chart.key}.csv").write_text(table, encoding="utf-8-sig", newline="")
    page = environment.get_template("overview.html.jinja").render(
        root="", section="index", scripts=("overview.js",), charts=shown, table_rows=TABLE_ROWS,
        figures=_figures(book, rows), days=_first_and_last(book),
    )  # fmt: skip
    (folder / "index.html").write_text(page, encoding="utf-8")


def cell(value: Any) -> str:
    """A value as a CSV cell: text that a spreadsheet would run as a formula is marked as text."""
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    return target.getvalue()


def _figures(book: Book, rows: Rows) -> list[tuple[str, int, str | None]]:
    named = sum(source.speaker.named for source in book.sources)
    anonymous = sum(head.n_anonymous for head in book.heads)
    return [
        ("articles", len(book.heads), "articles.html"),
        ("claims", len(book.claims), "claims.html"),
        ("anonymous claims", anonymous, "claims.html#anonymous=yes"),
        ("named sources", named, "sources.html#named=named"),
        ("anonymous descriptions", len(book.sources) - named, "sources.html#named=anonymous"),
        ("names", len(rows.names), "names.html"),
        ("inputs rejected", len(rows.rejects), "rejects.html" if rows.rejects else None),
    ]


def _first_and_last(book: Book) -> tuple[dt.date, dt.date] | None:
    known = [head.day for head in book.heads if head.day is not None]
    return (min(known), max(known)) if known else None


def _charts(book: Book, tally: Tally) -> Iterable[Chart]:
    yield _most_quoted(book, named=True)
    yield _most_quoted(book, named=False)
    yield from _over_time(book)
    yield _outlets(book)
    yield _anonymous_share(book)
    yield _classes(tally)
    yield _forms(tally)


def _most_quoted(book: Book, *, named: bool) -> Chart:
    sources = [each for each in book.sources if each.speaker.named == named and each.speaker.is_known]
    sources.sort(key=lambda each: (-len(each.rows), each.speaker.key))
    sources = sources[:TABLE_ROWS]
    labels, values = [each.speaker.label for each in sources], [len(each.rows) for each in sources]
    word = "named sources" if named else "anonymous sources"
    return Chart(
        key="named-sources" if named else "anonymous-sources",
        title=f"Most quoted {word}",
        alt=f"Most quoted {word}: " + _spoken(labels, values, "claims"),
        columns=("source", "claims", "articles", "confirmed by others", "denied by others"),
        rows=[_quoted(each) for each in sources],
        draw=lambda: charts.bars(labels[:TOP], [Series("claims", values[:TOP])]),
        note="" if named else "Sources the article never names, by nationality and role.",
        links=[each.page for each in sources],
    )


def _quoted(source: Source) -> tuple[Any, ...]:
    answers = source.answers
    return source.speaker.label, len(source.rows), len(source.articles), answers["confirm"], answers["deny"]


def _over_time(book: Book) -> Iterable[Chart]:
    known = _first_and_last(book)
    if known is None:
        return
    periods = _periods(*known)
    places = {period: place for place, period in enumerate(periods)}
    span = (known[1] - known[0]).days
    claims = {False: [0] * len(periods), True: [0] * len(periods)}
    top = [name for name, _ in Counter(head.outlet for head in book.heads).most_common(STACKED_OUTLETS)]
    articles: dict[str, list[int]] = defaultdict(lambda: [0] * len(periods))
    for head in book.heads:
        if head.day is not None:
            place = places[_period(head.day, span)]
            claims[True][place] += head.n_anonymous
            claims[False][place] += head.n_claims - head.n_anonymous
            articles[head.outlet if head.outlet in top else "others"][place] += 1
    undated = sum(head.day is None for head in book.heads)
    note = f"{undated} articles have no date and are left out." if undated else ""
    stacked = [Series(name, articles[name]) for name in [*top, "others"] if name in articles]
    totals = [sum(values) for values in zip(*(each.values for each in stacked), strict=True)]
    both = [Series("named source", claims[False]), Series("anonymous source", claims[True])]
    said = [a + b for a, b in zip(claims[False], claims[True], strict=True)]
    yield Chart(
        key="claims-over-time",
        title="Claims over time",
        alt="Claims over time: " + _peak(periods, said, "claims"),
        columns=("period", "claims of named sources", "claims of anonymous sources"),
        rows=list(zip(periods, claims[False], claims[True], strict=True)),
        draw=lambda: charts.columns(periods, both),
        note=note,
    )
    yield Chart(
        key="articles-over-time",
        title="Articles over time, by outlet",
        alt="Articles over time: " + _peak(periods, totals, "articles"),
        columns=("period", *(each.name for each in stacked)),
        rows=list(zip(periods, *(each.values for each in stacked), strict=True)),
        draw=lambda: charts.columns(periods, stacked),
        note=note,
    )


def _period(day: dt.date, span: int) -> str:
    """The day, month or year that a date counts for, so that a chart has some dozens of columns."""
    if span <= DAYS_UP_TO:
        return day.isoformat()
    if span <= MONTHS_FROM_DAYS:
        return (day - dt.timedelta(days=day.weekday())).isoformat()
    return day.strftime("%Y-%m") if span <= YEARS_FROM_DAYS else str(day.year)


def _periods(first: dt.date, last: dt.date) -> list[str]:
    """Every period from the first date to the last, empty ones too."""
    span = (last - first).days
    days = (first + dt.timedelta(days=each) for each in range(span + 1))
    return list(dict.fromkeys(_period(day, span) for day in days))


def _outlets(book: Book) -> Chart:
    articles = Counter(head.outlet for head in book.heads)
    claims: Counter[str] = Counter()
    for head in book.heads:
        claims[head.outlet] += head.n_claims
    ranked = articles.most_common(TABLE_ROWS)
    labels, values = [name for name, _ in ranked], [n for _, n in ranked]
    return Chart(
        key="outlets",
        title="Articles by outlet",
        alt="Articles by outlet: " + _spoken(labels, values, "articles"),
        columns=("outlet", "articles", "claims"),
        rows=[(name, n, claims[name]) for name, n in ranked],
        draw=lambda: charts.bars(labels[:TOP], [Series("articles", values[:TOP])]),
    )


def _anonymous_share(book: Book) -> Chart:
    claims: Counter[str] = Counter()
    anonymous: Counter[str] = Counter()
    for head in book.heads:
        claims[head.outlet] += head.n_claims
        anonymous[head.outlet] += head.n_anonymous
    shares = [(name, anonymous[name] / n) for name, n in claims.items() if n >= OUTLET_CLAIMS]
    shares.sort(key=lambda pair: (-pair[1], pair[0]))
    shares = shares[:TABLE_ROWS]
    labels, values = [name for name, _ in shares], [share for _, share in shares]
    return Chart(
        key="anonymous-share",
        title="Share of anonymous claims, by outlet",
        alt="Share of anonymous claims by outlet: "
        + ", ".join(f"{name} {share:.0%}" for name, share in shares[:3]),
        columns=("outlet", "share of anonymous claims", "anonymous claims", "claims"),
        rows=[(name, f"{share:.3f}", anonymous[name], claims[name]) for name, share in shares],
        draw=lambda: charts.bars(labels[:TOP], [Series("anonymous", values[:TOP])], percent=True),
        note=f"Outlets with at least {OUTLET_CLAIMS} claims.",
    )


def _classes(tally: Tally) -> Chart:
    counts = {each: (tally.classes[each, False], tally.classes[each, True]) for each in CUE_CLASSES}
    ranked = sorted((each for each in CUE_CLASSES if sum(counts[each])), key=lambda each: -sum(counts[each]))
    both = [
        Series("named source", [counts[each][0] for each in ranked]),
        Series("anonymous source", [counts[each][1] for each in ranked]),
    ]
    return Chart(
        key="cue-classes",
        title="Claims by class of cue",
        alt="Claims by class of cue: " + _spoken(ranked, [sum(counts[each]) for each in ranked], "claims"),
        columns=("class", "claims of named sources", "claims of anonymous sources"),
        rows=[(each, *counts[each]) for each in ranked],
        draw=lambda: charts.bars(ranked, both),
        links=[f"claims.html#class={each}" for each in ranked],
    )


def _forms(tally: Tally) -> Chart:
    forms = [form for form in FORMS if tally.forms[form]]
    values = [tally.forms[form] for form in forms]
    return Chart(
        key="forms",
        title="Claims by form",
        alt="Claims by form: " + _spoken(forms, values, "claims"),
        columns=("form", "claims"),
        rows=list(zip(forms, values, strict=True)),
        draw=lambda: charts.bars(forms, [Series("claims", values)]),
        note="Direct: all inside quotation marks. Mixed: partly. Indirect: not at all.",
        links=[f"claims.html#form={form}" for form in forms],
    )


def _spoken(labels: Sequence[str], values: Sequence[int], unit: str) -> str:
    """The first three categories in words."""
    return ", ".join(f"{label} {n}" for label, n in zip(labels[:3], values[:3], strict=True)) + f" {unit}"


def _peak(periods: Sequence[str], values: Sequence[int], unit: str) -> str:
    most = max(values)
    return f"{periods[0]} to {periods[-1]}, most in {periods[list(values).index(most)]} with {most} {unit}"
