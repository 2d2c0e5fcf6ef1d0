"""QR codes as SVG that stands inside a page: no style attribute, so the strictest CSP takes it."""

_QUIET = 4  # modules of white around it, ISO/IEC 18004 §6.3.8


def draw(text: str, title: str) -> str:
    """Return the QR code of `text` as an `<svg>`, dark on white in every colour scheme.

    `title` is what it shows, for those who cannot see it; both are escaped.
    """
    # Imported here: only enrolments draw, and segno costs each start some 30 ms and 0.7 MB.
    import segno  # noqa: PLC0415

    code = segno.make(text, error="m", micro=False, boost_error=False)
    return code.svg_inline(
        border=_QUIET, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None,
        title=title,
    )  # fmt: skip
