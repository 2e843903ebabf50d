"""Reads what `newsletter.toml` sets for web pages alone: where readers subscribe, and hidden tags."""

from __future__ import annotations

from urllib.parse import urlsplit

from pipeline.config.fields import Fields
from pipeline.model import Subscribe
from pipeline.support.urls import is_this_machine


def read_subscribe(table: Fields) -> Subscribe | None:
    """Where readers subscribe: the page of a service, or the address to which a form is posted."""
    url, action = table.web_address("url"), table.web_address("form_action")
    inner = table.table("fields", "subscribe.fields")
    hidden = {name: inner.text(name) for name in inner.mapping}
    subscribe = Subscribe(url, action, table.text("email_field", default="email"), hidden)
    if table.has("url") == table.has("form_action"):
        hint = "`url` is a page to subscribe at; `form_action` is the address that your service's form names."
        table.error("url", "one of `url` and `form_action` is needed, and not both.", hint)
    if action and urlsplit(action).scheme != "https" and not is_this_machine(urlsplit(action).hostname):
        table.error("form_action", f'`form_action` is "{action}" and must begin with https://.')
    table.check_unknown()
    return subscribe if url or action else None


def read_hidden_tags(table: Fields) -> tuple[str, ...]:
    """The tags that no web page shows."""
    tags = table.texts("hidden")
    table.check_unknown()
    return tags
