"""Writes and reads the file `issue.lock`, in this version and in every earlier one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipeline.assemble.lock import Lock, LockedArticle, LockedLink, lock_path
from pipeline.errors import PressroomError
from pipeline.model import Edition, FeedIdentity, Layout, Section
from pipeline.support.files import check_characters
from pipeline.support.json_text import read_json
from pipeline.support.merge_conflict import refuse_merge_conflict
from pipeline.support.urls import folder_number

_VERSION = 2
_ISSUE_PAGE = re.compile(r"issues/\d{1,6}-[^\x00-\x20./\\]+/(?:[\w-]+/)?")


def write_lock(lock: Lock) -> str:
    """Write a lock as JSON with one value a line, so that a diff can be read."""
    data: dict[str, Any] = {
        "version": _VERSION,
        **_identity_to_json(lock.feed_identity),
        "rules": lock.rules,
        "letter": lock.letter,
        "editions": [
            {
                "audience": edition.audience,
                "addresses": list(lock.addresses.get(edition.audience, ())),
                "sections": [
                    {
                        "title": section.title,
                        **({"badges": dict(section.badges)} if section.badges else {}),
                        "items": [
                            {"link" if key in lock.links else "article": key, "layout": layout.value}
                            for key, layout in section.items
                        ],
                    }
                    for section in edition.sections
                ],
            }
            for edition in lock.editions
        ],
        "articles": {
            slug: {"digest": article.digest, **_identity_to_json(article.feed_identity)}
            for slug, article in lock.articles.items()
        },
    }
    if lock.links:
        data["links"] = {key: {"digest": link.digest, "url": link.url} for key, link in lock.links.items()}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _identity_to_json(identity: FeedIdentity) -> dict[str, str]:
    return {
        "id": identity.id,
        "published": identity.published.isoformat(),
        "updated": identity.updated.isoformat(),
    }


def read_lock(text: str, folder: str) -> Lock:
    """Read the lock of an issue's folder. Raises `PressroomError` for a broken one, as after a merge."""
    path = lock_path(folder)
    hint = (
        "Restore it from version control, or choose again: "
        f"pressroom assemble {folder_number(folder)} --update"
    )
    refuse_merge_conflict(text, path)
    try:
        data: dict[str, Any] = read_json(text)
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise PressroomError("the lock is broken.", path, line, hint) from error
    check_characters(json.dumps(data, ensure_ascii=False), path)  # an escape may hide a forbidden character
    try:
        if data["version"] not in (1, _VERSION):
            raise PressroomError(
                f"the lock is of version {data['version']}, which this Pressroom does not read.",
                path,
                hint="Install a newer Pressroom.",
            )
        lock = Lock(
            path=path,
            rules=str(data["rules"]),
            letter=str(data.get("letter", "")),
            addresses={
                str(edition["audience"]): tuple(map(_site_path, edition["addresses"]))
                for edition in data["editions"]
                if edition.get("addresses")
            },
            feed_identity=_identity_from_json(data),
            editions=tuple(_edition_from_json(edition) for edition in data["editions"]),
            articles={
                str(slug): LockedArticle(str(article["digest"]), _identity_from_json(article))
                for slug, article in data["articles"].items()
            },
            links={
                str(key): LockedLink(str(link["digest"]), str(link["url"]))
                for key, link in data.get("links", {}).items()
            },
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PressroomError("the lock is broken.", path, hint=hint) from error
    if not set(lock.keys) <= {*lock.articles, *lock.links}:
        raise PressroomError("the lock is broken: an item in it has no record.", path, hint=hint)
    return lock


def _edition_from_json(data: Mapping[str, Any]) -> Edition[str]:
    sections = []
    for section in data["sections"]:
        # Version 1 called an item's article its slug.
        key, items = ("article", section["items"]) if "items" in section else ("slug", section["articles"])
        members = tuple((str(each.get("link") or each[key]), Layout(each["layout"])) for each in items)
        badges = {str(tag): str(words) for tag, words in section.get("badges", {}).items()}
        sections.append(Section(str(section["title"]), members, badges))
    return Edition(str(data["audience"]), tuple(sections))


def _site_path(path: str) -> str:
    """Return the path of an issue's page. Raises `ValueError` for any other: a file is written there."""
    if not _ISSUE_PAGE.fullmatch(path):
        raise ValueError(path)
    return path


def _identity_from_json(data: Mapping[str, Any]) -> FeedIdentity:
    published, updated = (datetime.fromisoformat(data[key]) for key in ("published", "updated"))
    if published.tzinfo is None or updated.tzinfo is None:
        raise ValueError("a date without its offset")
    return FeedIdentity(str(data["id"]), published, updated)
