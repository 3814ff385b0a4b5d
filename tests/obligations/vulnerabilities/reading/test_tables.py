"""Lists, CSV, XLSX and Nessus' CSV: columns told apart and corrected, encodings, formulas, bombs."""

from __future__ import annotations

import gc
import io
import sys
import tracemalloc
import zipfile
from datetime import date

import pytest
import xlsxwriter

from obligations.vulnerabilities.reading import Field, Unreadable, limits, read
from obligations.vulnerabilities.reading.tables import is_formula
from tests.obligations.vulnerabilities.reading.samples import V31, all_of, reading_of, rows_of

CSV = f"""\
CVE ID,Package,Installed Version,Hosts,NVD Severity,CVSS Vector,Fixed in,Patch release date,Title,Owner
CVE-2026-1001,openssl,3.0.1,"web1, web2",High,{V31},3.0.2,12/03/2026,"A flaw, in
two lines",Ann
"CVE-2026-1002, CVE-2026-1003",zlib,,,medium,,,,,
"""


def test_a_csv_file_with_headings():
    reading = reading_of(CSV)
    columns = reading.columns
    assert (reading.format, reading.findings) == ("csv", False)
    assert columns.headings[columns.mapping[Field.IDENTIFIER]] == "CVE ID"
    assert set(columns.mapping) == {
        Field.IDENTIFIER, Field.COMPONENT, Field.VERSION, Field.HOST, Field.SEVERITY, Field.VECTOR,
        Field.FIXED_VERSION, Field.RELEASED, Field.TITLE,
    }  # fmt: skip
    first, second, third, fourth = list(reading)
    assert [first.host, second.host] == ["web1", "web2"]
    assert (first.component.name, first.component.version, first.released) == (
        "openssl",
        "3.0.1",
        date(2026, 3, 12),
    )
    assert [(one.source, one.category) for one in first.ratings] == [
        ("nvd", "Critical"),
        ("cvss", "Critical"),
    ]
    assert (first.place, first.title) == ("line 2", "A flaw, in two lines")
    assert [third.identifier, fourth.identifier, third.place] == ["CVE-2026-1002", "CVE-2026-1003", "line 4"]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_separators_and_encodings(separator, encoding):
    text = (
        separator.join(["CVE", "Component", "Title"])
        + "\r\n"
        + separator.join(["CVE-2026-1001", "café", "x, y"])
    )
    reading = reading_of(text.encode(encoding))
    (row,) = list(reading)
    assert (row.component.name, row.title) == ("café", "x, y")
    assert bool(reading.notes) == (encoding == "cp1252")


def test_excels_own_first_line_and_a_title_above_the_headings():
    (row,) = rows_of("sep=;\nCVE;Component\nCVE-2026-1001;a,b\n")
    assert (row.component.name, row.place) == ("a,b", "line 3")
    (row,) = rows_of("Scan of March,,\n,,\nCVE,Component,Severity\nCVE-2026-1001,openssl,High\n")
    assert (row.component.name, row.category, row.place) == ("openssl", "Critical", "line 4")


def test_a_table_without_headings_is_told_by_what_it_holds():
    (row, _) = rows_of("openssl,CVE-2026-1001,High,3.0.1\nzlib,CVE-2026-1002,Low,1.3\n")
    assert (row.identifier, str(row.component), row.category) == (
        "CVE-2026-1001",
        "openssl 3.0.1",
        "Critical",
    )


def test_a_person_corrects_the_columns():
    text = "Kennung,Paket,Rang\nCVE-2026-1001,openssl,High\n"
    with pytest.raises(Unreadable, match="no column says which component it is in"):
        list(reading_of(text))
    reading = reading_of(text)
    assert (reading.columns.headings, reading.columns.mapping) == (
        ("Kennung", "Paket", "Rang"),
        {Field.IDENTIFIER: 0},
    )
    assert reading.columns.samples == (("CVE-2026-1001", "openssl", "High"),)
    (row,) = rows_of(text, mapping={Field.IDENTIFIER: 0, Field.COMPONENT: 1, Field.SEVERITY: 2})
    assert (row.component.name, row.category) == ("openssl", "Critical")
    with pytest.raises(Unreadable, match="no column says which vulnerability it is"):
        list(reading_of(text, mapping={Field.COMPONENT: 1}))


def test_a_pasted_list():
    rows, faults = all_of(
        "CVE-2026-1001 openssl 3.0.1 High\n\n- cve-2026-1002: Apache HTTP Server 2.4.58\n"
        "GHSA-aaaa-bbbb-cccc CVE-2026-1003 pkg:npm/left-pad@1.0.0\nCVE-2026-1004\nnothing\n"
    )
    assert [(one.identifier, str(one.component), one.category) for one in rows] == [
        ("CVE-2026-1001", "openssl 3.0.1", "Critical"),
        ("CVE-2026-1002", "Apache HTTP Server 2.4.58", ""),
        ("CVE-2026-1003", "left-pad 1.0.0", ""),
    ]
    assert [(one.place, one.what) for one in faults] == [
        ("line 5 (CVE-2026-1004)", "no component is named"),
        ("line 6", "no vulnerability is named"),
    ]


def test_each_row_is_refused_by_itself_with_its_line():
    rows, faults = all_of(
        "CVE,Component,Severity,Score,Released,Status\n"
        "CVE-2026-1001,openssl,High,7.5,2026-03-12,open\n"
        "CVE-2026-1002,,High,,,\n"
        "CVE-2026-10,openssl,High,,,\n"
        "CVE-2026-1003,openssl,Terrible,,,\n"
        "CVE-2026-1004,openssl,,12,,\n"
        "CVE-2026-1005,openssl,,,soon,\n"
        "CVE-2026-1006,openssl,,,,perhaps\n"
        "CVE-2026-1007,openssl,,,,false positive\n"
        "CVE-2026-1001,openssl,Low,,,\n"
        "CVE-2026-1001,openssl,High,7.5,2026-03-12,open\n"
    )
    assert [one.identifier for one in rows] == ["CVE-2026-1001", "CVE-2026-1007"]
    assert [str(one) for one in faults] == [
        "line 3 (CVE-2026-1002): no component is named: say which software it is in, by name or package URL",
        "line 4 (CVE-2026-10): “CVE-2026-10” is not the number of a CVE: write it as CVE-2026-12345",
        "line 5 (CVE-2026-1003): “Terrible” is no severity:"
        " write Critical, High, Medium, Low or None, or leave it out",
        "line 6 (CVE-2026-1004): “12” is no CVSS score: write a number from 0.0 to 10.0, or leave it out",
        "line 7 (CVE-2026-1005): the day of the patch's release, “soon”, is no day:"
        " write it as 2026-03-12, or with a time as 2026-03-12T10:00:00Z",
        "line 8 (CVE-2026-1006): “perhaps” is no status:"
        " write affected, fixed or not affected, or leave it out",
        "line 10 (CVE-2026-1001): CVE-2026-1001 of openssl stands at line 2 already, with other details:"
        " leave the one that is right",
    ]


@pytest.mark.parametrize(
    ("cell", "formula"),
    [
        ('=HYPERLINK("http://x.example")', True),
        ("=1+1", True),
        ("'=A1", False),  # whoever wrote it made a text of it
        ("\t=cmd|'/c calc'!A0", True),
        ("+cmd|' /C calc'!A0", True),
        ("@SUM|x!y", True),
        ("-2", False),
        ("@babel/core", False),
        ("+44 20", False),
        ("== a heading ==", False),
        ("a = b", False),
    ],
)
def test_what_a_formula_is(cell, formula):
    assert is_formula(cell) is formula


def test_a_formula_is_refused_in_a_column_that_is_read_and_nowhere_else():
    rows, faults = all_of("CVE,Component,Owner\nCVE-2026-1001,=1+1,x\nCVE-2026-1002,@babel/core,=1+1\n")
    assert [one.component.name for one in rows] == ["@babel/core"]
    assert [str(one) for one in faults] == [
        "line 2: the cell under “Component” holds a formula: paste the value in its place"
    ]


def test_a_row_with_more_cells_than_headings_is_not_guessed_at():
    (row,), faults = all_of("CVE,Component,Title\nCVE-2026-1001,openssl,a, b\nCVE-2026-1002,zlib,c,,\n")
    assert row.identifier == "CVE-2026-1002"
    assert [str(one) for one in faults] == [
        "line 2: the row has 4 cells, and there are 3 headings:"
        " put quotation marks around a text with the separator in it"
    ]


@pytest.mark.parametrize("cell", [" " * 200_000, "High" + " " * 200_000, "+" + "|" * 200_000, "- " * 100_000])
def test_no_cell_takes_long(cell):
    text = f'CVE,Component,Severity,Host,Title\nCVE-2026-1001,openssl,"{cell}","{cell}","{cell}"\n'
    assert len(all_of(text + "CVE-2026-1002,zlib,Low,,\n")[0]) >= 1
    assert (
        len(
            all_of(
                f'{NESSUS}"1001","CVE-2026-1009","","Low","h","","","n","","","","","{cell}\n","","",""\n'
            )[0]
        )
        == 4
    )


def refusal(content: object) -> str:
    with pytest.raises(Unreadable) as no:
        list(reading_of(content))
    return str(no.value)


def test_tables_that_are_none(monkeypatch):
    assert "line 2: the row that begins here has no end" in refusal(
        'CVE,A\nCVE-2026-1001,"' + "x\n" * 600_000
    )
    assert "line 2: the line has more than" in refusal("CVE,A\nCVE-2026-1001," + "x" * 1_100_000)
    assert "columns, more than 300" in refusal("CVE,A" + ",x" * 400 + "\n")
    assert "this is no text" in refusal(b"CVE,A\n" + b"x" * 70_000 + b"\0")
    assert "of no kind that is known" in refusal(bytes(range(256)) * 20)
    assert "of no kind that is known" in refusal(bytes(range(1, 256)) * 20)
    assert "no column says which vulnerability" in refusal("a,b\nc,d\n")
    monkeypatch.setattr(limits, "MOST_ROWS", 5)
    many = "CVE,Component\n" + "".join(f"CVE-2026-{n},x\n" for n in range(1000, 1010))
    assert "the file has more than 5 rows: split it" in refusal(many)


NESSUS = (
    "Plugin ID,CVE,CVSS v2.0 Base Score,Risk,Host,Protocol,Port,Name,Synopsis,Description,Solution,See Also,"
    "Plugin Output,CVSS v3.0 Base Score,Plugin Publication Date,Patch Publication Date\n"
    '"1001","CVE-2026-1001","7.5","Critical","10.0.0.1","tcp","443","OpenSSL < 3.0.2",'
    '"The remote service is affected","Long","Update","https://a.example/x\nhttps://b.example",'
    '"\n  Path              : /usr/lib\n  Installed version : 3.0.1\n  Fixed version     : 3.0.2\n",'
    '"9.8","2026/03/20","2026/03/12"\n'
    '"1001","CVE-2026-1002","7.5","Critical","10.0.0.1","tcp","443","OpenSSL","x","","","","","","",""\n'
    '"19506","","","None","10.0.0.2","tcp","0","Nessus Scan Information","x","","","","","","",""\n'
    '"2002","","5.0","Medium","10.0.0.2","tcp","0","SSL Certificate","x","","","","","","",""\n'
)


def test_nessus():
    reading = reading_of(NESSUS)
    first, second, third = list(reading)
    assert (reading.format, reading.label, reading.findings) == ("nessus", "CSV of Nessus", True)
    assert (reading.targets, reading.columns) == ({"10.0.0.1", "10.0.0.2"}, None)
    assert reading.notes == ["left out, results without a CVE and without a risk: 1"]
    assert (first.identifier, first.component.version, first.fixed_version) == (
        "CVE-2026-1001",
        "3.0.1",
        "3.0.2",
    )
    assert (first.host, first.location, first.released) == ("10.0.0.1", "/usr/lib", date(2026, 3, 12))
    assert (first.place, first.reference) == ("line 2", "https://a.example/x")
    assert [one.value for one in first.ratings] == ["critical", "7.5", "9.8"]
    assert (second.location, second.released) == ("443/tcp", None)
    assert (third.identifier, third.category) == ("NESSUS-2002", "Important")


def book(*sheets: list[list[object]], at: tuple[int, int] = (0, 0)) -> bytes:
    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as workbook:
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        for rows in sheets:
            sheet = workbook.add_worksheet()
            for down, row in enumerate(rows, start=at[0]):
                for right, cell in enumerate(row, start=at[1]):
                    if isinstance(cell, date):
                        sheet.write_datetime(down, right, cell, day)
                    else:
                        sheet.write(down, right, cell)
    return held.getvalue()


HEADINGS = ["CVE", "Component", "Version", "Released", "Score"]


@pytest.mark.parametrize("at", [(0, 0), (3, 2)])
def test_a_spreadsheet_its_second_sheet_its_days_and_its_formulas(at):
    content = book(
        [["About this file"]],
        [
            HEADINGS,
            ["CVE-2026-1001", "openssl", 3, date(2026, 3, 12), 9.8],
            ["CVE-2026-1002", '=CONCATENATE("a","b")', 3, "", ""],
        ],
        at=at,
    )
    reading = reading_of(content)
    row, fault = list(reading)
    assert (reading.format, reading.notes) == ("xlsx", ["read the sheet “Sheet2”, and not: Sheet1"])
    assert (row.component.version, row.released, row.category) == ("3", date(2026, 3, 12), "Critical")
    assert row.place == f"sheet “Sheet2”, row {at[0] + 2}"
    assert str(fault).startswith(
        f"sheet “Sheet2”, row {at[0] + 3}: the cell under “Component” holds a formula"
    )


def packed(content: bytes, **parts: bytes) -> bytes:
    """A spreadsheet with some of its parts exchanged."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name.rpartition("/")[2].replace(".xml", ""), old.read(name)))
    return held.getvalue()


def test_spreadsheets_that_would_take_all_memory(monkeypatch):
    content = book([HEADINGS, ["CVE-2026-1001", "openssl"]])
    bomb = b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><sst>&b;</sst>"
    assert "declares entities of its own" in refusal(packed(content, sharedStrings=bomb))
    corner = (
        b'<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    assert "reaches too far" in refusal(packed(content, sheet1=corner))
    monkeypatch.setattr(limits, "LARGEST_TEXTS", 4 * 2**20)
    large = packed(content, sharedStrings=b"<sst><si><t>" + b"x" * (64 * 2**20) + b"</t></si></sst>")
    assert len(large) < 200_000
    tracemalloc.start()
    assert "unpacks to more than 4 MB" in refusal(large)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * 2**20


def test_spreadsheets_that_are_damaged_or_none():
    content = book([HEADINGS, ["CVE-2026-1001", "openssl"]])
    assert "is damaged" in refusal(content[: len(content) // 2])
    assert "is damaged" in refusal(packed(content, sheet1=b"<worksheet><sheetData>"))
    assert "is damaged" in refusal(packed(content, workbook=b"nothing"))
    assert "no sheet of the file has a row" in refusal(book([]))
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("a.txt", "x")
    assert "a zip and not a spreadsheet" in refusal(plain.getvalue())


def test_whoever_stops_early_leaves_nothing_behind(monkeypatch):
    unraised = []
    monkeypatch.setattr(sys, "unraisablehook", unraised.append)
    file = io.BytesIO((CSV + "CVE-2026-1009,openssl\n" * 100).encode())
    reading = read(file)
    next(iter(reading))
    file.close()
    del reading
    gc.collect()
    assert unraised == []

    open_still = io.BytesIO(CSV.encode())
    list(read(open_still))
    assert not open_still.closed
