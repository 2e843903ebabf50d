"""Pictures as they are published: no larger than shown, of a kind every client shows, without metadata."""

from __future__ import annotations

import contextlib
import io
import itertools
import random
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, ImageColor, ImageDraw, ImageOps, PngImagePlugin
from table_kit import rows
from workspace_kit import WorkspaceRunner, article, issue

from pipeline.errors import PressroomError
from pipeline.images import resize, strip_metadata
from pipeline.images.draw import Canvas
from pipeline.model import ImageUse

ARTICLE = "issues/articles/glutamate.md"
EMAIL = "build/issues/001-the-plastic-brain"


def photo(width: int = 2000, height: int = 1000, mode: str = "RGB") -> Image.Image:
    """A picture of many colours, as a camera makes them."""
    ramps = [Image.linear_gradient("L").rotate(turn).resize((width, height)) for turn in (0, 90, 180)]
    return Image.merge("RGB", ramps).convert(mode)


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def camera_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "A camera's maker"
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    return exif


def published(workspace: WorkspaceRunner, name: str, data: bytes, body: str = "![A picture]({name})") -> Path:
    """Build an article with this picture; gives the published file."""
    workspace.write({ARTICLE: article(body=body.format(name=name)), f"issues/articles/{name}": data})
    workspace.ok("build", "1")
    (found,) = (workspace.root / EMAIL / "images").iterdir()
    return found


def test_a_large_photo_is_published_at_twice_the_containers_width(workspace: WorkspaceRunner) -> None:
    file = published(workspace, "wide.jpg", saved(photo(), "JPEG", quality=95))
    with Image.open(file) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1200, 600))
    html = workspace.read(f"{EMAIL}/email.html")
    assert 'width="536"' in html and 'height="268"' in html


def test_a_persons_photo_is_the_middle_of_the_picture_upright(workspace: WorkspaceRunner) -> None:
    picture = Image.new("RGB", (400, 1000), "red")
    picture.paste("blue", (0, 300, 400, 700))
    data = saved(picture.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=camera_exif(6), quality=95)
    file = published(workspace, "ada.jpg", data, "::: person Ada\n![]({name})\n:::")
    with Image.open(file) as photo_of_ada:
        assert photo_of_ada.size == (192, 192)
        red, _, blue = photo_of_ada.resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
        assert blue > 240 and red < 15
    html = workspace.read(f"{EMAIL}/email.html")
    assert re.search(r'<img src="[^"]*" alt="Ada" width="96" height="96" [^>]*border-radius:50%', html)


@pytest.mark.parametrize("kind", rows(["JPEG", "PNG", "GIF", "WEBP"], {"JPEG"}))
def test_a_play_mark_is_drawn_into_the_poster_of_a_video(workspace: WorkspaceRunner, kind: str) -> None:
    frame = Image.new("RGB", (800, 400), "red")
    options = (
        {"save_all": True, "append_images": [Image.new("RGB", (800, 400), "green")]} if kind == "GIF" else {}
    )
    data = saved(frame, kind, **options)
    body = "::: video https://video.example/1\n![Watch it]({name})\n:::"
    file = published(workspace, f"poster.{kind.lower()}", data, body)
    with Image.open(file) as poster:
        assert poster.size == (800, 400) and not getattr(poster, "is_animated", False)
        drawn = poster.convert("RGB")
    white, dark, ground = (drawn.getpixel(at) for at in ((400, 200), (350, 200), (100, 100)))
    assert min(white) > 240 and max(dark) < 90  # type: ignore[type-var, operator]
    assert ground[0] > 240 and max(ground[1:]) < 15  # type: ignore[index]
    assert resize.make_image(data, resize.plan_for(data, ImageUse.POSTER).recipe) == file.read_bytes()
    html = workspace.read(f"{EMAIL}/email.html")
    assert re.search(r'<a href="https://video.example/1"[^>]*><img [^>]*alt="Watch it"', html)


def test_a_fitting_picture_keeps_its_bytes_and_is_named_by_them(workspace: WorkspaceRunner) -> None:
    data = saved(photo(800, 400), "JPEG")
    assert published(workspace, "fits.jpg", data).read_bytes() == data


def test_the_cameras_turn_is_applied_and_its_place_and_maker_are_gone(workspace: WorkspaceRunner) -> None:
    data = saved(photo(900, 600), "JPEG", exif=camera_exif(orientation=6))
    file = published(workspace, "turned.jpg", data)
    with Image.open(file) as picture:
        assert picture.size == (600, 900)
        assert not picture.getexif()
    assert b"A camera's maker" in data and b"A camera's maker" not in file.read_bytes()


def test_metadata_alone_leaves_without_encoding_anew(workspace: WorkspaceRunner) -> None:
    data = saved(photo(900, 600), "JPEG", exif=camera_exif(), comment=b"a note to self")
    file = published(workspace, "told.jpg", data)
    kept = file.read_bytes()
    assert b"camera" not in kept and b"note to self" not in kept
    with Image.open(io.BytesIO(data)) as before, Image.open(file) as after:
        assert before.tobytes() == after.tobytes()


def test_a_pngs_texts_and_time_leave_and_its_pixels_stay(workspace: WorkspaceRunner) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "A private name")
    info.add_itxt("XML:com.adobe.xmp", "<x/>")
    data = saved(photo(300, 200), "PNG", pnginfo=info, exif=camera_exif())
    file = published(workspace, "told.png", data)
    assert b"private" not in file.read_bytes() and b"eXIf" not in file.read_bytes()
    with Image.open(io.BytesIO(data)) as before, Image.open(file) as after:
        assert before.tobytes() == after.tobytes()


def test_a_gifs_comment_leaves_and_its_loop_stays() -> None:
    frames = [Image.new("P", (20, 10), n) for n in range(3)]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], loop=0, comment=b"a private note")
    kept = strip_metadata.strip(data)
    assert b"private" in data and b"private" not in kept and b"NETSCAPE2.0" in kept
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(kept)) as after:
        assert (before.n_frames, before.info["loop"]) == (after.n_frames, after.info["loop"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", rows(["WEBP", "AVIF", "TIFF"], {"AVIF"}))
def test_a_photo_that_clients_cannot_show_becomes_a_jpeg(workspace: WorkspaceRunner, kind: str) -> None:
    file = published(workspace, f"photo.{kind.lower()}", saved(photo(640, 320), kind))
    with Image.open(file) as picture:
        assert (picture.format, picture.size) == ("JPEG", (640, 320))
    assert re.fullmatch(r"photo-[0-9a-f]{12}\.jpg", file.name)
    assert f'images/{file.name}"' in workspace.read(f"{EMAIL}/email.html")


def test_a_drawing_or_a_see_through_picture_becomes_a_png(workspace: WorkspaceRunner) -> None:
    drawing = Image.new("RGB", (400, 200), "#ffffff")
    ImageDraw.Draw(drawing).rectangle((20, 20, 200, 100), fill="#1f5f5b")
    file = published(workspace, "drawing.webp", saved(drawing, "WEBP", lossless=True))
    with Image.open(file) as picture:
        assert picture.format == "PNG" and picture.convert("RGB").getpixel((30, 30)) == (0x1F, 0x5F, 0x5B)
    glass = Image.new("RGBA", (400, 200), (255, 0, 0, 0))
    workspace.write({"issues/articles/drawing.webp": saved(glass, "WEBP", lossless=True)})
    workspace.ok("build", "1")
    (file,) = (workspace.root / EMAIL / "images").iterdir()
    with Image.open(file) as picture:
        assert (picture.format, picture.mode) == ("PNG", "RGBA")


def test_a_moving_webp_becomes_a_moving_gif(workspace: WorkspaceRunner) -> None:
    frames = [Image.new("RGB", (40, 20), colour) for colour in ("red", "green", "blue")]
    data = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=200)
    with Image.open(published(workspace, "moving.webp", data)) as picture:
        assert picture.format == "GIF" and picture.n_frames == 3  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
def test_a_large_moving_picture_is_made_as_small_as_its_attributes_say(
    workspace: WorkspaceRunner, kind: str
) -> None:
    frames = [Image.new("RGB", (1300, 65), colour) for colour in ("red", "green", "blue")]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=200)
    with Image.open(published(workspace, "moving.img", data)) as picture:
        assert (picture.format, picture.size) == ("GIF", (1200, 60))
        assert picture.n_frames == 3  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["GIF", "PNG"])
def test_a_moving_picture_that_clients_show_stays_as_its_author_made_it(
    workspace: WorkspaceRunner, kind: str
) -> None:
    frames = [Image.new("RGB", (2000, 100), colour) for colour in ("red", "green", "blue")]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=200)
    assert published(workspace, "moving.img", data).read_bytes() == data


def test_of_a_tiff_with_pages_the_first_is_shown_still(workspace: WorkspaceRunner) -> None:
    data = saved(photo(640, 320), "TIFF", save_all=True, append_images=[photo(64, 32)])
    with Image.open(published(workspace, "pages.tiff", data)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (640, 320))


def test_a_phones_jpeg_with_further_pictures_is_published_as_its_first(workspace: WorkspaceRunner) -> None:
    data = saved(photo(800, 400), "MPO", save_all=True, append_images=[photo(80, 40)])
    file = published(workspace, "phone.jpg", data)
    assert len(file.read_bytes()) < len(data)
    with Image.open(io.BytesIO(data)) as before, Image.open(file) as after:
        assert after.format == "JPEG" and before.tobytes() == after.tobytes()


@pytest.mark.parametrize("kind", rows(["JPEG", "PNG", "GIF"], {"GIF"}))
def test_what_stands_behind_a_pictures_end_is_not_published(workspace: WorkspaceRunner, kind: str) -> None:
    # A phone's film, or what an editor cropped away; its bytes may look like a JPEG's markers.
    data = saved(photo(300, 200), kind)
    file = published(workspace, "tail.img", data + b"51.5 N, 0.1 W \xff\xda film" + bytes(500))
    assert file.read_bytes() == data


def test_a_comment_between_the_scans_of_a_jpeg_leaves() -> None:
    data = saved(photo(300, 200), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    told = data[:last] + b"\xff\xfe\x00\x09private" + data[last:]
    assert strip_metadata.strip(told) == data != told


def test_a_grey_png_of_16_bits_keeps_its_tones_where_it_is_made_smaller(workspace: WorkspaceRunner) -> None:
    row = b"".join((x * 32).to_bytes(2, "little") for x in range(2000))
    file = published(workspace, "scan.png", saved(Image.frombytes("I;16", (2000, 20), row * 20), "PNG"))
    with Image.open(file) as picture:
        tones = [picture.convert("L").getpixel((x, 5)) for x in (1, 600, 1198)]
    assert tones == [pytest.approx(want, abs=2) for want in (0, 124, 248)]


def test_colours_of_a_see_through_picture_are_converted_by_its_profile(workspace: WorkspaceRunner) -> None:
    # A profile whose red and blue are exchanged shows whether it was asked.
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = profile.index(b"rXYZ"), profile.index(b"bXYZ")
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    shot = Image.new("RGBA", (2000, 100), (255, 0, 0, 128))
    file = published(workspace, "shot.png", saved(shot, "PNG", icc_profile=bytes(profile)))
    with Image.open(file) as picture:
        red_now, _, blue_now, solid = picture.getpixel((50, 20))  # type: ignore[misc]
        assert "icc_profile" not in picture.info
    assert red_now < 20 and blue_now > 230 and solid == 128


def test_a_photo_with_an_alpha_channel_that_is_solid_becomes_a_jpeg(workspace: WorkspaceRunner) -> None:
    file = published(workspace, "solid.tiff", saved(photo(640, 320, "RGBA"), "TIFF"))
    with Image.open(file) as picture:
        assert picture.format == "JPEG"


@pytest.mark.parametrize("orientation", rows(range(1, 9), {6}))
def test_every_turn_of_a_camera_is_applied(orientation: int) -> None:
    with Image.open(io.BytesIO(saved(photo(1600, 900), "PNG", exif=camera_exif(orientation)))) as source:
        want = ImageOps.exif_transpose(source)
        data = saved(source, "PNG", exif=camera_exif(orientation))
    made = resize.plan_image(data, (600, 6000))
    with Image.open(io.BytesIO(resize.make_image(data, made.recipe))) as picture:
        assert picture.size == (made.width, made.height)
        small = want.convert("RGB").resize(picture.size, Image.Resampling.LANCZOS)
        worst = ImageChops.difference(small, picture.convert("RGB")).getextrema()
    assert all(high <= 3 for _, high in worst)  # type: ignore[misc]


def drawing(color: str, ground: tuple[int, int, int, int]) -> Image.Image:
    picture = Image.new("RGBA", (400, 200), ground)
    ImageDraw.Draw(picture).ellipse((100, 50, 200, 150), fill=color)
    return picture


def test_the_edge_of_a_drawing_has_a_color_where_its_ground_is_transparent() -> None:
    logo = drawing("#14508c", (0, 0, 0, 0))
    outlined = logo.copy()
    ImageDraw.Draw(outlined).ellipse((98, 48, 202, 152), outline="#ffffff", width=6)
    rounded = Image.new("RGBA", (400, 200))
    ImageDraw.Draw(rounded).rounded_rectangle((0, 0, 399, 199), 30, fill="#14508c")
    edges = [
        resize.plan_image(data, (1200, 12_000)).edge
        for data in (
            saved(logo, "PNG"),
            saved(drawing("#000000", (0, 0, 0, 0)).resize((4000, 2000)), "PNG"),
            saved(Image.new("P", (40, 20)), "GIF", transparency=0),
            saved(outlined, "PNG"),
            saved(rounded, "PNG"),
            saved(drawing("#14508c", (0, 0, 0, 255)), "PNG"),
            saved(photo(), "JPEG"),
        )
    ]
    assert edges == ["#14508c", "#000000", "", "#ffffff", "", "", ""]


def test_a_png_is_measured_without_being_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(photo(), "PNG")

    def decoded(self: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", decoded)
    assert resize.plan_image(data, (1200, 12_000)).recipe == "PNG 1200x600"


def test_a_picture_that_two_editions_show_is_made_once(
    workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    real = resize.make_image

    def counted(data: bytes, recipe: str) -> bytes:
        made.append(recipe)
        return real(data, recipe)

    monkeypatch.setattr("pipeline.images.resize.make_image", counted)
    workspace.write(
        {
            ARTICLE: article(body="![A](wide.jpg)"),
            "issues/articles/wide.jpg": saved(photo(), "JPEG"),
            "issues/001-the-plastic-brain/issue.md": issue(more="audience: [everyone, clinicians]\n"),
        }
    )
    workspace.ok("build", "1")
    assert made == ["JPEG 1200x600"]


@pytest.mark.parametrize(
    "kind", rows(["JPEG", "MPO", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP"], {"JPEG", "PNG"})
)
def test_a_broken_picture_is_refused_or_made_and_never_ends_the_program(kind: str) -> None:
    options: dict[str, Any] = {} if kind in {"GIF", "BMP"} else {"exif": camera_exif(6)}
    if kind in {"MPO", "GIF", "WEBP"}:
        options |= {"save_all": True, "append_images": [photo(64, 32).rotate(180)]}
    data, dice = saved(photo(64, 32), kind, **options), random.Random(7)
    for _ in range(150):
        broken = bytearray(data)
        for _ in range(dice.randint(1, 4)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        with contextlib.suppress(PressroomError):
            resize.make_image(bytes(broken), resize.plan_image(bytes(broken), (40, 400)).recipe)


def test_a_print_jpeg_becomes_one_for_screens(workspace: WorkspaceRunner) -> None:
    with Image.open(published(workspace, "print.jpg", saved(photo(400, 200, "CMYK"), "JPEG"))) as picture:
        assert picture.mode == "RGB"


def test_cards_show_small_pictures_if_each_has_one_and_the_full_layout_a_large_one(
    workspace: WorkspaceRunner,
) -> None:
    picture = {"image": "wide.jpg", "image_alt": "A wide view"}
    workspace.write(
        {
            ARTICLE: article(layout="card", **picture),
            "issues/articles/another.md": article("Another title", layout="card", **picture),
            "issues/articles/wide.jpg": saved(photo(), "JPEG"),
        }
    )
    workspace.ok("build", "1")
    (small,) = (workspace.root / EMAIL / "images").iterdir()
    with Image.open(small) as shown:
        assert shown.size == (336, 168)
    workspace.write({ARTICLE: article(layout="full", **picture)})
    workspace.ok("build", "1")
    (large,) = (workspace.root / EMAIL / "images").iterdir()
    assert large.name != small.name
    with Image.open(large) as shown:
        assert shown.size == (1200, 600)


def test_the_published_name_depends_on_the_source_and_not_on_the_encoder(
    workspace: WorkspaceRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = saved(photo(), "JPEG")
    before = published(workspace, "wide.jpg", data)
    name, made = before.name, before.read_bytes()
    monkeypatch.setattr("pipeline.images.resize._JPEG_QUALITY", 60)
    shutil.rmtree(workspace.root / ".pressroom")  # as after an update, by which the cache is thrown away
    after = published(workspace, "wide.jpg", data)
    assert after.name == name and after.read_bytes() != made


@pytest.mark.parametrize("kind", rows(["JPEG", "GIF", "WEBP", "PNG"], {"GIF"}))
def test_a_picture_cut_short_is_refused_before_anything_is_written(
    workspace: WorkspaceRunner, kind: str
) -> None:
    data = saved(photo(800, 400), kind)
    workspace.write(
        {ARTICLE: article(body="![A](cut.img)"), "issues/articles/cut.img": data[: len(data) // 2]}
    )
    said = workspace.error("build")
    assert f'{ARTICLE}:6: the image "cut.img" is not an image that can be read.' in said
    assert not (workspace.root / "build").exists()


def test_an_svg_is_refused_with_what_to_do(workspace: WorkspaceRunner) -> None:
    workspace.write(
        {
            ARTICLE: article(body="![A](a.svg)"),
            "issues/articles/a.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        }
    )
    assert "Save it as PNG; most mail clients do not show SVG." in workspace.error("build", "1")


hex_colors = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(hex_colors, hex_colors, hex_colors)
def test_what_is_drawn_has_its_colours(ground: str, box: str, ink: str) -> None:
    canvas = Canvas(60, 40)
    canvas.box(0, 0, 60, 40, ground)
    canvas.box(50, 0, 10, 40, box)
    canvas.text(2, 36, "█I", 36, ink, "sans")
    with Image.open(io.BytesIO(canvas.png())) as picture:
        shown = picture.convert("RGB")
    colors = [ImageColor.getrgb(each) for each in (ground, box, ink)]
    apart = all(
        max(abs(a - b) for a, b in zip(one, other, strict=True)) > 3
        for one, other in itertools.combinations(colors, 2)
    )
    for expected, drawn in zip(colors, (shown.getpixel((1, 1)), shown.getpixel((58, 1))), strict=False):
        assert isinstance(drawn, tuple)
        assert max(abs(a - b) for a, b in zip(expected, drawn, strict=True)) <= (0 if apart else 3)
    assert colors[2] in [color for _, color in shown.getcolors(60 * 40) or ()] or not apart
