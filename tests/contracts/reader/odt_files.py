"""Small OpenDocument files for tests: content in OpenDocument's own words, wrapped and zipped."""

import io
import zipfile

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_SPACES = " ".join(
    f'xmlns:{prefix}="{space}"'
    for prefix, space in {
        "office": f"{_OASIS}:office:1.0", "style": f"{_OASIS}:style:1.0", "text": f"{_OASIS}:text:1.0",
        "table": f"{_OASIS}:table:1.0", "draw": f"{_OASIS}:drawing:1.0",
        "dc": "http://purl.org/dc/elements/1.1/", "fo": f"{_OASIS}:xsl-fo-compatible:1.0", "xlink": "http://www.w3.org/1999/xlink",
    }.items()
)  # fmt: skip
TYPE = "application/vnd.oasis.opendocument.text"


def level(place, form, suffix="", prefix="", above=1, start=1):
    """A level of a list style."""
    return (
        f'<text:list-level-style-number text:level="{place}" style:num-format="{form}"'
        f' style:num-suffix="{suffix}"'
        f' style:num-prefix="{prefix}" text:display-levels="{above}" text:start-value="{start}"/>'
    )


def list_style(name, *levels):
    return f'<text:list-style style:name="{name}">{"".join(levels)}</text:list-style>'


CONTRACT = list_style(
    "L1", level(1, "1", "."), level(2, "1", above=2), level(3, "1", above=3),
    level(4, "a", ")", "("), level(5, "i", ")", "("),
)  # fmt: skip


def p(words, style=""):
    return f'<text:p text:style-name="{style}">{words}</text:p>'


def item(*inner, start=None):
    value = "" if start is None else f' text:start-value="{start}"'
    return f"<text:list-item{value}>{''.join(inner)}</text:list-item>"


def lists(*items, style="L1", more=""):
    return f'<text:list text:style-name="{style}"{more}>{"".join(items)}</text:list>'


def sublist(*items):
    return f"<text:list>{''.join(items)}</text:list>"


def odt(*body, styles=CONTRACT, page="", before="", parts=()):
    """A file: its body, its styles, what stands in its styles part, and further parts."""
    content = (
        f"{before}<office:document-content {_SPACES}>"
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{''.join(body)}</office:text></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", TYPE, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr(
            "styles.xml",
            f"<office:document-styles {_SPACES}><office:styles>{page}</office:styles>"
            "</office:document-styles>",
        )
        for name, words in parts:
            archive.writestr(name, words)
    return stream.getvalue()
