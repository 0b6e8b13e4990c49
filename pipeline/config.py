"""Settings: ``configs/default.toml``, overlaid by the user's file, as one frozen, validated ``Config``."""

from __future__ import annotations

import difflib
import functools
import hashlib
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

_PACKAGE = Path(__file__).resolve().parent
CONFIGS = next(f for f in (_PACKAGE / "configs", _PACKAGE.parent / "configs") if f.is_dir())
"""Inside the package where it was installed from a wheel, beside it in a checkout."""


class ConfigError(Exception):
    """The configuration cannot be used; the message names the file, the value and the way out."""


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fields(Section):
    """What the fields of a record input (JSON lines, CSV, Parquet) are called."""

    text: str
    url: str
    title: str
    date: str
    author: str
    site: str
    id: str


class LanguageConfig(Section):
    """When a text counts as written in another language."""

    sample_chars: int = Field(gt=0)
    line_chars: int = Field(gt=0)
    min_chars: int = Field(gt=0)
    margin_nats: float = Field(gt=0)
    plain_share: float = Field(gt=0, le=1)
    plain_words: int = Field(gt=0)


class ReadConfig(Section):
    max_chars: int = Field(gt=0)
    max_bytes: int = Field(gt=0)
    max_control_share: float = Field(ge=0, le=1)
    languages: tuple[str, ...]
    language: LanguageConfig
    fields: Fields


class CleanConfig(Section):
    """Where an article begins and ends (``pipeline.clean.extent``, ``pipeline.clean.edges``)."""

    break_even: float = Field(gt=0, lt=1)
    drop_below: float = Field(ge=0, lt=1)
    back_units: int = Field(ge=0)
    clean_share: float = Field(ge=0, le=1)
    clean_probability: float = Field(ge=0, le=1)
    clean_menu_share: float = Field(ge=0, le=1)
    clean_marks: int = Field(ge=0)
    repeat_share: float = Field(ge=0, le=1)
    repeat_probability: float = Field(ge=0, le=1)
    copy_words: float = Field(gt=0)
    end_share: float = Field(ge=0, le=1)
    end_words: float = Field(ge=0)
    opening_words: int = Field(ge=0)
    opening_probability: float = Field(ge=0, le=1)
    closing_words: int = Field(ge=0)
    closing_probability: float = Field(ge=0, le=1)
    recurring_log_odds: float = Field(ge=0)
    html_share: float = Field(ge=0, le=1)


class RunConfig(Section):
    """How much is held at once, and how long an article may take."""

    part_chars: int = Field(gt=0)
    article_s: float = Field(gt=0)
    slowest_chars_per_s: float = Field(gt=0)
    wall_factor: float = Field(ge=1)


class ModelConfig(Section):
    """How the embedded model reads and what it takes for a claim (``pipeline.model.components``)."""

    path: Path | None = None
    threads: int = Field(gt=0)
    anchor_log_odds: float
    outside_log_odds: float
    nested: bool
    nested_log_odds: float
    min_confidence: float = Field(ge=0, le=1)
    min_entity_confidence: float = Field(ge=0, le=1)


class Config(Section):
    read: ReadConfig
    clean: CleanConfig
    model: ModelConfig
    run: RunConfig

    @property
    def digest(self) -> str:
        """SHA-256 of every value, in hexadecimal: two runs agree on it if and only if their settings do."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def load_config(path: Path | None = None) -> Config:
    """The defaults, with the values of the TOML file at ``path`` laid over them.

    Raises:
        ConfigError: the file cannot be read, is not TOML, or holds an unknown key or a bad value.
    """
    values = _read_toml(CONFIGS / "default.toml")
    if path is not None:
        values = _overlay(values, _read_toml(path))
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        why = _unknown(first["loc"]) if first["type"] == "extra_forbidden" else first["msg"]
        raise ConfigError(f"{path or 'configs/default.toml'}: {where}: {why}") from error


def _unknown(place: tuple[int | str, ...]) -> str:
    """That there is no setting of a name, and which was meant."""
    section: Any = Config
    for name in place[:-1]:
        section = section.model_fields[name].annotation
    near = difflib.get_close_matches(str(place[-1]), section.model_fields, 1)
    there = f"did you mean {near[0]}?" if near else f"there are {', '.join(section.model_fields)}"
    return f"no such setting; {there}"


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error


def _overlay(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        inner = merged.get(key)
        merged[key] = _overlay(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return merged


@functools.cache
def read_lexicon(name: str) -> tuple[tuple[str, ...], ...]:
    """The rows of ``configs/lexicon/{name}.tsv``, tab-separated; blank lines and ``#`` comments skipped.

    Raises:
        ConfigError: there is no such list, or it is not UTF-8.
    """
    path = CONFIGS / "lexicon" / f"{name}.tsv"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    rows = (line.split("#", 1)[0].rstrip() for line in lines)
    return tuple(tuple(field.strip() for field in row.split("\t")) for row in rows if row)
