"""NHANES public files made up for tests: SAS transport files and linked mortality files.

The names of files and variables are those of the agency's documentation, written out once more here.
Two people of every survey are adults, the third is a child; the adults' values differ by one step.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyreadstat

LETTERS = ("", "_B", "_C", "_D", "_E", "_F", "_G", "_H", "_I", "_J")
FIRST_SEQN = (1, 9966, 21005, 31127, 41475, 51624, 62161, 73557, 83732, 93703)
MISSING = float("nan")

DEMO = {"RIAGENDR": (1, 2, 1), "RIDAGEYR": (44, 63, 9), "RIDEXPRG": (MISSING, 2, MISSING)}
BODY = {
    "BMXHT": (176.3, 158.8, 131.0),
    "BMXWT": (82.5, 61.25, 30.0),
    "BMXWAIST": (99.0, 88.5, 60.0),
    "BMXBMI": (26.54, 24.29, 17.5),
}
PRESSURE = {
    "BPXSY1": (120, MISSING, MISSING),
    "BPXSY2": (122, 138, MISSING),
    "BPXSY3": (127, 142, MISSING),
    "BPXSY4": (MISSING, MISSING, MISSING),
    "BPXDI1": (70, MISSING, MISSING),
    "BPXDI2": (74, 0, MISSING),
    "BPXDI3": (78, 0, MISSING),
    "BPXDI4": (MISSING, MISSING, MISSING),
}
CHEMISTRY = {
    "LBXSAL": (4.4, 4.1, MISSING),
    "LBXSAPSI": (66, 91, MISSING),
    "LBXSBU": (12, 17, MISSING),
    "LBXSCR": (1.0, 0.7, MISSING),
    "LBXSGL": (92, 130, MISSING),
    "LBXSTB": (0.7, 0.0, MISSING),
    "LBXSUA": (6.1, 4.9, MISSING),
    "LBXSGTSI": (22, 31, MISSING),
}
COUNT = {
    "LBXLYPCT": (29.5, 33.1, MISSING),
    "LBXMCVSI": (89.7, 91.2, MISSING),
    "LBXRBCSI": (4.91, 4.32, MISSING),
    "LBXRDW": (12.6, 13.4, MISSING),
    "LBXWBCSI": (6.2, 7.9, MISSING),
}
CRP = {"LBXCRP": (0.21, 0.87, MISSING)}
HSCRP = {"LBXHSCRP": (2.1, 8.7, MISSING)}
HBA1C = {"LBXGH": (5.4, 6.3, MISSING)}
CHOLESTEROL = {"LBXTC": (188, 214, MISSING)}
TRIGLYCERIDES = {"LBXTR": (101, MISSING, MISSING)}
SPIROMETRY = {"SPXNFEV1": (3505, 2100, MISSING), "SPXBFEV1": (3595, MISSING, MISSING)}
Variables = dict[str, tuple[float, ...]]


def files_of(wave: int) -> dict[str, Variables]:
    """The files of a survey by their names without suffix, without the number of the person."""
    letter = LETTERS[wave - 1]
    files = {f"DEMO{letter}": DEMO, f"BMX{letter}": BODY, f"BPX{letter}": PRESSURE}
    if wave == 1:
        chemistry = {name: values for name, values in CHEMISTRY.items() if name != "LBXSGTSI"}
        fats = {**CHOLESTEROL, "LBDHDL": (49, 61, MISSING)}
        return {**files, "LAB18": chemistry, "LAB25": COUNT, "LAB11": CRP, "LAB10": HBA1C} | {
            "LAB13": fats,
            "LAB13AM": TRIGLYCERIDES,
        }
    if wave in (2, 3):
        names = {"LBXSCR": "LBDSCR", "LBXSAPSI": "LBDSAPSI", "LBXSTB": "LBDSTB"}
        chemistry = {
            names.get(name, name) if wave == 2 else name: values
            for name, values in CHEMISTRY.items()
            if wave == 3 or name != "LBXSGTSI"
        }
        hdl = "LBDHDL" if wave == 2 else "LBXHDD"
        files |= {f"L40{letter}": chemistry, f"L25{letter}": COUNT, f"L11{letter}": CRP}
        files |= {f"L10{letter}": HBA1C, f"L13AM{letter}": TRIGLYCERIDES}
        files[f"L13{letter}"] = {**CHOLESTEROL, hdl: (49, 61, MISSING)}
        return files | ({"L40_2_B": {"LB2SGTSI": (22, 31, MISSING)}} if wave == 2 else {})
    files |= {f"BIOPRO{letter}": CHEMISTRY, f"CBC{letter}": COUNT, f"GHB{letter}": HBA1C}
    files |= {f"TCHOL{letter}": CHOLESTEROL, f"TRIGLY{letter}": TRIGLYCERIDES}
    files[f"HDL{letter}"] = {"LBDHDD": (49, 61, MISSING)}
    if wave in (4, 5, 6):
        files[f"CRP{letter}"] = CRP
    if wave in (9, 10):
        files[f"HSCRP{letter}"] = HSCRP
    if wave in (5, 6, 7):
        files[f"SPX{letter}"] = SPIROMETRY
    return files


def write_survey(folder: Path, wave: int, leave_out: Sequence[str] = ()) -> Path:
    """A survey's transport files; the people of a file stand in another order than in DEMO."""
    folder.mkdir(parents=True, exist_ok=True)
    first = FIRST_SEQN[wave - 1]
    for stem, variables in files_of(wave).items():
        if stem in leave_out:
            continue
        frame = pd.DataFrame({"SEQN": [first, first + 1, first + 2], **variables}, dtype="float64")
        if not stem.startswith("DEMO"):
            frame = frame[::-1]
        write_transport(folder / f"{stem}.XPT", frame)
    return folder


def write_transport(path: Path, frame: pd.DataFrame) -> Path:
    """A SAS transport file of version 5, as the agency publishes."""
    pyreadstat.write_xport(frame, str(path), file_format_version=5)
    return path


def mortality_line(
    seqn: int, eligible: int, dead: str, cause: str, interview: str, examination: str
) -> str:
    """One person's line; the flags of diabetes and hypertension stand in columns 20 and 21."""
    flags = "00" if dead == "1" else ".."
    return f"{seqn:<6}{'':8}{eligible}{dead}{cause:>3}{flags}{'':21}{interview:>3}{examination:>3}"


def write_mortality(folder: Path, wave: int, release: int, lines: Sequence[str]) -> Path:
    """The linked mortality file of a survey."""
    year = 1997 + 2 * wave
    path = folder / f"NHANES_{year}_{year + 1}_MORT_{release}_PUBLIC.dat"
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return path
