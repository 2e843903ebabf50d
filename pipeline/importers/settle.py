"""Where the addresses of imported articles lead: to each other, to the web, to pictures that came along."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from pipeline.errors import PressroomError
from pipeline.importers.blocks import Kind, SourceBlock
from pipeline.importers.cleanup.calls import as_text_if_dead
from pipeline.importers.draft import Draft, Left, Link, Material
from pipeline.importers.inline import Change, Reference, change_references
from pipeline.importers.pictures import Pictures, name_of
from pipeline.support.urls import PHONE_SCHEMES, path_part, phone_address, scheme_of

_WEB = re.compile(r"(https?://|mailto:)\S", re.IGNORECASE)
_HTTP = re.compile(r"https?://", re.IGNORECASE)
_COMMENTS = re.compile(r"comments?|comment-\d+|respond|disqus_thread")
"""Fragments of the place below an article where other systems have their readers' comments."""
_OTHER_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:")


def with_pictures(draft: Draft, material: Material, pictures: Pictures) -> tuple[Draft, dict[str, bytes]]:
    """The draft with its pictures under the names of files beside it, and those files."""
    found: dict[str, bytes] = {}
    names: dict[str, str] = {}
    placed: list[str] = []
    left: list[Left] = []
    replaced: dict[str, str] = {}  # links in place of pictures, and their words
    base = draft.base or material.address

    def bring(address: str, written: str) -> str | None:
        """The name of the picture's file, or None where it cannot come along."""
        whole = address if address in draft.files else absolute(address, base)
        if whole in names:
            placed.append(address)
            return names[whole]
        try:
            data = pictures.of(address, whole, draft, material)
        except PressroomError as error:
            left.append(Left(written, f"the picture {error.message}"))
            return None
        placed.append(address)
        name = name_of(whole, data, found)
        found[name] = data
        names[whole] = name
        return name

    def one(reference: Reference) -> str:
        if not reference.image:
            for link, words in replaced.items():  # HTML has no link within a link
                reference = replace(reference, text=reference.text.replace(link, words))
            return reference.markdown
        name = bring(reference.address, reference.markdown)
        if name is not None:
            return replace(reference, address=name).markdown
        whole = absolute(reference.address, base)
        if not _WEB.match(whole):
            return ": ".join(filter(None, (reference.text.strip(), _text(reference.title))))
        words = reference.text.strip() or whole.rpartition("/")[2] or "picture"
        link = Reference(words, whole).markdown
        replaced[link] = words
        # A caption stays, though its picture could not be had.
        return f"{link}: {_text(reference.title)}" if reference.title else link

    image = bring(draft.image, draft.image) if draft.image else ""
    extra = dict(draft.extra)
    if image is None:
        entry = extra.get("image")
        address = absolute(draft.image, base)
        extra["image"] = {"address": address, **entry} if isinstance(entry, Mapping) else address
        if draft.image_alt:
            extra["image_alt"] = draft.image_alt
    draft = replace(
        draft,
        blocks=_changed(draft, one),
        image=image or "",
        extra=extra,
        left=(*draft.left, *dict.fromkeys(left)),
        placed=(*draft.placed, *placed),
    )
    return draft, found


@dataclass(frozen=True, slots=True)
class Directory:
    """Finds the article that an address leads to, as a path in the workspace.

    `slugs` maps slugs to the paths of their files.
    """

    slugs: Mapping[str, str]
    from_source: Callable[[str], str | None]
    at_address: Callable[[str], str | None]
    by_name: Callable[[str], str | None]

    def find(self, address: str, base: str, origin: str) -> str | None:
        """The article by `exact`, or by the last part of the address: its slug, or the name of its file."""
        if path := self.exact(address, base, origin):
            return path
        plain = _on_own_site(address, base)
        if _OTHER_SCHEME.match(plain):
            return None
        parts = [part for part in plain.split("/") if part not in ("", ".", "..")]
        name = re.sub(r"\.(md|markdown|mdx|html?)$", "", parts[-1] if parts else "")
        name = parts[-2] if name in ("index", "_index") and len(parts) > 1 else name
        slug = path_part(re.sub(r"^\d{4}-\d\d-\d\d-", "", name))
        return self.slugs.get(slug) or (self.by_name(name) if name else None)

    def exact(self, address: str, base: str, origin: str) -> str | None:
        """The article by its address on the web, or by the file it was."""
        whole = absolute(address, base)
        if _WEB.match(whole) and (path := self.at_address(whole)):
            return path
        plain = _on_own_site(address, base)
        if _OTHER_SCHEME.match(plain):
            return None
        file = os.path.normpath(f"{PurePosixPath(origin).parent}/{plain}")
        names = (file, f"{file}.md", f"{file}/index.md", f"{file}/_index.md")
        return next(filter(None, map(self.from_source, names)), None)


def _on_own_site(address: str, base: str) -> str:
    """The path of an address on the source's own site; other addresses as they are, without parameters."""
    whole = absolute(address, base)
    if base and whole.startswith(f"{base.rstrip('/')}/"):
        return unquote(urlsplit(whole).path)
    return unquote(address.partition("#")[0].partition("?")[0])


def host_of(address: str) -> str:
    """The host of a web address, without `www.`; empty for what has none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def exact_targets(draft: Draft, material: Material, directory: Directory) -> Iterator[tuple[str, str | None]]:
    """Each address that may be an article's, made absolute, and the article's path if it is known."""
    base = draft.base or material.address
    addresses = [each.address for each in draft.related]

    def note(reference: Reference) -> str:
        if not reference.image:
            addresses.append(reference.address.strip())
        return reference.markdown

    _changed(draft, note)
    for address in addresses:
        whole = absolute(address, base)
        if address and not address.startswith("#") and (_HTTP.match(whole) or not _OTHER_SCHEME.match(whole)):
            yield whole, directory.exact(address, base, material.origin)


def with_links(
    draft: Draft, path: str, material: Material, directory: Directory, headings: Collection[str]
) -> tuple[Draft, tuple[str, ...], frozenset[str]]:
    """The draft with links that lead somewhere, its related articles, and all to which it leads, as paths.

    `headings` are the ids of its own headings, to which a link within the page may lead. A related article
    that the pool has not is named at the end of the text.
    """
    base = draft.base or material.address
    left: list[Left] = []
    linked: set[str] = set()
    placed = list(draft.placed)

    def one(reference: Reference) -> str:
        if reference.image:
            return reference.markdown
        address = reference.address.strip()
        page, mark, fragment = address.partition("#")
        # Another article of the same import is nearer than its old address.
        target = directory.find(address, base, material.origin) if page else path
        if target == path and unquote(fragment) in headings:
            placed.append(address)
            return replace(reference, address=mark + fragment).markdown
        if mark and not page:
            left.append(Left(reference.markdown, _why_dropped(address)))
            return reference.text
        if target is not None and target != path:
            placed.append(address)
            linked.add(target)
            kept = "" if _COMMENTS.fullmatch(fragment) else mark + fragment
            return replace(reference, address=beside(path, target) + kept).markdown
        whole = absolute(address, base)
        if _WEB.match(whole):
            return replace(reference, address=whole).markdown
        if scheme_of(whole) in PHONE_SCHEMES:
            with suppress(PressroomError):
                return replace(reference, address=phone_address(whole)).markdown
        if address:
            left.append(Left(reference.markdown, _why_dropped(address)))
        return reference.text

    blocks = tuple(as_text_if_dead(block) or block for block in _changed(draft, one))
    related: list[str] = []
    others: list[Link] = []
    for each in draft.related:
        target = directory.find(each.address, base, material.origin)
        if target is None:
            others.append(replace(each, address=absolute(each.address, base)))
        elif target != path:
            related.append(target)
    extra = dict(draft.extra)
    named = [each for each in others if _WEB.match(each.address)]
    if named:
        blocks = (*blocks, SourceBlock(Kind.PARAGRAPH, _related(named)))
    if unknown := [each for each in others if each not in named]:
        extra["related"] = [each.address or each.title for each in unknown]
    draft = replace(
        draft, blocks=blocks, extra=extra, left=(*draft.left, *dict.fromkeys(left)), placed=tuple(placed)
    )
    return draft, tuple(dict.fromkeys(related)), frozenset((*linked, *related))


def _changed(draft: Draft, change: Change) -> tuple[SourceBlock, ...]:
    return tuple(
        block if block.kind is Kind.CODE else replace(block, text=change_references(block.text, change))
        for block in draft.blocks
    )


def absolute(address: str, base: str) -> str:
    """The address made absolute by its base; as it is without a base, or if it is not an address."""
    try:
        if not base or _OTHER_SCHEME.match(address) or not urlsplit(base).netloc:
            return f"https:{address}" if address.startswith("//") else address
        return urljoin(base, address)
    except ValueError:
        return address


def beside(path: str, target: str) -> str:
    """A file of the workspace as a link in another one names it."""
    return os.path.relpath(target, PurePosixPath(path).parent).replace(os.sep, "/")


def _why_dropped(address: str) -> str:
    if scheme_of(address) in PHONE_SCHEMES:
        return "an address without a telephone number"
    if _OTHER_SCHEME.match(address):
        return "an address of a kind that no reader should follow"
    if address.startswith("#"):
        return "a link within the page"
    return "a link from within a site that is not known: name it with --base-url"


def _related(links: list[Link]) -> str:
    markdown = [Reference(_text(each.title or each.address), each.address).markdown for each in links]
    if len(markdown) == 1:
        return f"Related: {markdown[0]}"
    return "Related:\n\n" + "\n".join(f"- {each}" for each in markdown)


def _text(words: str) -> str:
    """Words as a link's text, in which nothing is markup."""
    return re.sub(r"([\\\[\]*_`<&{])", r"\\\1", words)
