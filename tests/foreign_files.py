"""Files of spreadsheets as their programs write them, made by hand: no library of ours writes them."""

import base64
import io
import zipfile
import zlib
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
# a cell's own format: 1 is a date, 2 a date with a time, 3 a percentage
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/>'
    '<xf numFmtId="22"/><xf numFmtId="9"/></cellXfs></styleSheet>'
)


def cell(value: object) -> str:
    """A cell of .xlsx: a number, a text, nothing, or the XML of one."""
    if value is None:
        return "<c/>"
    if isinstance(value, str) and value.startswith("<c"):
        return value
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f"<c><v>{value}</v></c>"


def xlsx(**sheets: list[list[object]]) -> bytes:
    """A workbook with these sheets."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
    }
    listed, related = "", f'<Relationship Id="s" Type="{DOCUMENT}/styles" Target="styles.xml"/>'
    for number, (name, rows) in enumerate(sheets.items(), 1):
        listed += f'<sheet name="{escape(name)}" sheetId="{number}" r:id="r{number}"/>'
        related += (
            f'<Relationship Id="r{number}" Type="{DOCUMENT}/worksheet" '
            f'Target="worksheets/sheet{number}.xml"/>'
        )
        lines = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>'
        )
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheets>{listed}</sheets></workbook>'
    )
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>'
    )
    return packed(parts)


def ods(rows: list[list[object]]) -> bytes:
    """An OpenDocument workbook of one sheet."""
    lines = ""
    for row in rows:
        cells = (
            f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p>'
            "</table:table-cell>"
            if isinstance(value, str)
            else f'<table:table-cell office:value-type="float" office:value="{value}"/>'
            for value in row
        )
        lines += f"<table:table-row>{''.join(cells)}</table:table-row>"
    content = (
        f'<office:document-content xmlns:office="{OFFICE}:office:1.0" '
        f'xmlns:table="{OFFICE}:table:1.0" xmlns:text="{OFFICE}:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="One">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    return packed({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def packed(files: dict[str, str | bytes]) -> bytes:
    """A zip file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, kind)
    return stream.getvalue()


def xls() -> bytes:
    """An old workbook of two people, id (text), age and albumin, as a program of its time wrote it."""
    return zlib.decompress(base64.b85decode(XLS))


XLS = (
    "c-rk)O=uHA6#izDG(WUyQd6N7N+?*hMr;*P4|P?jJz1g`MFdUEBB3!UK@WP+YRyRm!IR>p(2JL<7k^MeZytn76$C*@"
    "^yo=Y@X%&`?`5~9nnMFxROVae&D;0p&CJew^LA%n%|^>p_qr?i3A^Ay)efSiPNt{?-J1wVZ`;heb%2Vk@lPQbAV;?N"
    "@VM=zpMA*wuE4-u?{lKS2P#J~j?qHiimxE{${bRP=P*Q6;TB24=#p7=2t6TmmC!rV@`=#hBDpGbh}xFb5zLyS{X3i}"
    "K5X=gE)4GXf!Mqg$sjuMf}{AtHC1ct!=7R`mHRstJ>FJKgZwsP<*i~WS4NB+IE}A%9Qfky)Ms%mUs<^V$-ga?`y0rw"
    "8(v@n_HhaD5(VTNPi+$>t-^TDn#X3@kX$G{vl-H+PFm#fR4#qyR5nk-P1{H~FtD9^8r+iD8R8r*dpfdYPq#^|w-U{u"
    "UHGU(e1x+0{O!+k`_oDDm`ElhkJqyOTAm<mTx1I}4vWUKNc+WNqtHvz>l)#^g~ljOsqRa5I?TRFX>(b$eKgKi!E19}"
    "9lxIV(x(FtdrBY84aCokRL;d_-kMYBrMFLp?D?8RLM7DA8;nP$TPr6sycgQ_OO^;25ohkU^Ga*S0z$$@h1TwPb=2aW"
    ";j9%~s|MCeta&}2()dcO=R|g8n625)XkceZ8(!h_M#%9=Si#Zps6KuZ8y&dMO)0PaKnNNd8X6iJ8X6iJ%|q3W7V`DV"
    "U!p$eyx@2K>nu>I>fa>)Ee@hU*J(PK4kJ%>5oeo<pVjaww=cC!8~1-9;}DHr#2C^tkFloXm(F{t{&|*d82No$sM+zW"
    "&CK%;kN+KaH_6!"
)
