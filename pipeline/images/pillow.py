"""Opens pictures with Pillow; whatever a broken file makes it raise becomes one `PressroomError`.

The only module that imports Pillow: `resize` and `draw` take it from here.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager

from PIL import Image as Pillow
from PIL import (
    ImageChops,
    ImageCms,
    ImageColor,
    ImageDraw,
    ImageFilter,
    ImageFont,
    ImageSequence,
    ImageStat,
    UnidentifiedImageError,
)

from pipeline.errors import PressroomError

__all__ = [
    "ImageChops",
    "ImageCms",
    "ImageColor",
    "ImageDraw",
    "ImageFilter",
    "ImageFont",
    "ImageSequence",
    "ImageStat",
    "Pillow",
    "open_image",
]

# What Pillow and its decoders raise on broken files, found by breaking files in every way.
_BROKEN_FILE_ERRORS = (
    *(UnidentifiedImageError, OSError, EOFError, SyntaxError, ValueError, struct.error, zlib.error),
    *(RuntimeError, LookupError, ArithmeticError),
)


@contextmanager
def open_image(data: bytes) -> Iterator[Pillow.Image]:
    """Open a picture; raises `PressroomError` without place or name, also for errors while it is open."""
    # Broken metadata makes Pillow warn at every step; a sound picture is not the user's concern.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with closing(Pillow.open(io.BytesIO(data))) as picture:
                yield picture
        except PressroomError:
            raise
        except Pillow.DecompressionBombError as error:
            raise PressroomError("has too many pixels.", hint="Make it smaller.") from error
        except _BROKEN_FILE_ERRORS as error:
            raise PressroomError(
                "is not an image that can be read.",
                hint="Open it in an image program and save it as PNG or JPEG.",
            ) from error
