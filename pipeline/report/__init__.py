"""The HTML report of an outputs folder: static pages that open from disk, with no server and no network.

``rows`` reads the tables; ``book`` notes what links articles, claims and sources; ``articles``,
``source_pages`` and ``overview`` write pages from it, ``shards`` the data of the searchable tables.
"""

from pipeline.report.address import article_page, row_address
from pipeline.report.build import ReportError, write_report

__all__ = ["ReportError", "article_page", "row_address", "write_report"]
