"""Small PDF files for tests, built in code: pages of lines, or pages drawn and marked in PDF's own words."""

from dataclasses import dataclass


def escaped(line):
    return line.replace("(", "\\(").replace(")", "\\)")


@dataclass
class Drawn:
    """A page drawn by hand: its content, and the annotations laid over it."""

    content: str = ""
    laid: tuple[str, ...] = ()


def at(x, y, words):
    """Words that begin at a place, in points from below left."""
    return f"BT /F1 10 Tf 1 0 0 1 {x} {y} Tm ({escaped(words)}) Tj ET\n"


def picture(x, y, width, height):
    """A picture of that size at a place."""
    return f"q {width} 0 0 {height} {x} {y} cm /Im1 Do Q\n"


def lines(*words):
    """Lines of text down the page."""
    return "BT /F1 10 Tf 12 TL 50 800 Td\n" + "".join(f"({escaped(line)}) '\n" for line in words) + "ET\n"


def pdf(*pages):
    """A small PDF, each page a list of lines of text, or ``Drawn``."""
    image = "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        f"<< {image} /Length 1 >>\nstream\n0\nendstream",
    ]
    kids = []
    for page in pages:
        drawn = page if isinstance(page, Drawn) else Drawn(lines(*page))
        stream = drawn.content
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R"
            f" /Annots [{' '.join(f'<< /Type /Annot {one} >>' for one in drawn.laid)}]"
            " /Resources << /XObject << /Im1 3 0 R >> /Font << /F1 << /Type /Font /Subtype /Type1"
            " /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    return out + f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n0\n%%EOF".encode()
