"""newsclaims: who said what, out of scraped news."""

__version__ = "0.1.0"
