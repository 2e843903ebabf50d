"""Validate finished feeds against the schemas in `feeds/schemas`: RELAX NG by lxml, and JSON Schema."""

from __future__ import annotations

import json
from importlib.resources import files

from pipeline.support.json_text import read_json

_SCHEMAS = files("pipeline.render.feeds") / "schemas"


def schema_faults(data: bytes, schema: str) -> tuple[tuple[int, str], ...]:
    """Validate an XML feed against a RELAX NG schema, and return line and message of each fault.

    A document that is not XML has one: the first error of its syntax. Nothing is fetched, and entities
    that the document defines are not expanded.
    """
    from lxml import etree

    rules = etree.RelaxNG(etree.fromstring((_SCHEMAS / schema).read_bytes()))
    try:
        root = etree.fromstring(data, etree.XMLParser(no_network=True, resolve_entities=False))
    except etree.XMLSyntaxError as error:
        return ((error.lineno or 1, error.msg),)
    rules.validate(root)
    return tuple((fault.line, fault.message) for fault in rules.error_log)


def json_faults(data: bytes) -> tuple[str, ...]:
    """Validate a JSON Feed, and return path and message of each fault; only the first if it is not JSON."""
    from jsonschema import Draft202012Validator

    try:
        document = read_json(data)
    except ValueError as error:
        return (str(error),)
    schema = json.loads((_SCHEMAS / "json-feed.json").read_bytes())
    faults = sorted(Draft202012Validator(schema).iter_errors(document), key=lambda fault: fault.json_path)
    return tuple(f"{fault.json_path}: {_shorten(fault.message)}" for fault in faults)


def _shorten(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:199]}…"
