"""Finds the audio that texts refer to: a file of the workspace, or one at an address."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from pipeline.config.workspace_files import WorkspaceFiles
from pipeline.errors import PressroomError
from pipeline.model import Audio
from pipeline.support.urls import address, audio_path, encoded_address, published_name, scheme_of

MEDIA_TYPES = {
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "flac": "audio/flac",
    "wav": "audio/wav",
}
"""Media types by the endings of names: what browsers play (MDN, media container formats)."""

_MAX_FILE_BYTES = 200_000_000


def find_audio(target: str, beside: str, files: WorkspaceFiles) -> Audio:
    """The audio at `target`, as written in the source at path `beside`; at an address its size is 0.

    Raises `PressroomError` without a place for a file that is missing, or whose name does not say its type.
    """
    if scheme := scheme_of(target):
        if scheme != "https" or not urlsplit(target).hostname:
            raise PressroomError(
                f'the audio "{target}" is neither a file nor an https address.',
                hint="Pages load it over https alone: write https://…, or save it beside the text.",
            )
        return Audio(encoded_address(target), _media_type(urlsplit(target).path), 0)
    file = files.locate(unquote(target), beside)
    media_type = _media_type(file.name)
    if not file.is_file():
        raise files.missing("audio", target, file)
    try:
        size = file.stat().st_size
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise PressroomError(f'the audio "{target}" cannot be read: {error.strerror or error}.') from error
    if not 0 < size <= _MAX_FILE_BYTES:
        problem = "is empty" if not size else f"is larger than {_MAX_FILE_BYTES // 1_000_000} MB"
        raise PressroomError(f'the audio "{target}" {problem}.', hint="Export it again, at a lower rate.")
    name = published_name(file.stem, "audio", digest, file.suffix[1:].lower())
    url = address(files.publication, audio_path(name))
    return Audio(url, media_type, size, name=name, source=files.path_of(file), sha256=digest)


def audio_data(audio: Audio, files: WorkspaceFiles) -> bytes:
    """The bytes to publish under the audio's name.

    Raises `PressroomError` if the file has changed since it was found.
    """
    try:
        data = (files.root / audio.source).read_bytes()
    except OSError as error:
        raise PressroomError(f"cannot be read: {error.strerror or error}.", audio.source) from error
    if hashlib.sha256(data).hexdigest() != audio.sha256:
        raise PressroomError("changed while it was being read.", audio.source, hint="Run it again.")
    return data


def _media_type(path: str) -> str:
    ending = PurePosixPath(path).suffix[1:].lower()
    if ending not in MEDIA_TYPES:
        raise PressroomError(
            f'the audio "{PurePosixPath(path).name}" has no known type.',
            hint=f"Its name must end in one of {', '.join(f'.{each}' for each in MEDIA_TYPES)}.",
        )
    return MEDIA_TYPES[ending]
