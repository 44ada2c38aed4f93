"""Which variable of which NHANES public file is which column.

===========  ==============================  ====================================================
column       files, by survey                variable
===========  ==============================  ====================================================
gender, age  DEMO                            RIAGENDR, RIDAGEYR
pregnant     DEMO                            RIDEXPRG; 1 is pregnant, everybody else is not
height ...   BMX                             BMXHT, BMXWT, BMXWAIST, BMXBMI
sbp, dbp     BPX                             mean of BPXSY1 to 4, BPXDI1 to 4; 0 is missing
fev          SPX_E to SPX_G                  mean of SPXNFEV1 and, where done, SPXBFEV1
albumin ...  LAB18, L40_B, L40_C, BIOPRO     LBXSAL, LBXSBU, LBXSGL, LBXSUA, LBXSCR, LBXSAPSI,
                                             LBXSTB; in L40_B LBDSCR, LBDSAPSI, LBDSTB
ggt          L40_2_B, L40_C, BIOPRO          LBXSGTSI; in L40_2_B, a second examination, LB2SGTSI
lymph ...    LAB25, L25_B, L25_C, CBC        LBXLYPCT, LBXMCVSI, LBXRBCSI, LBXRDW, LBXWBCSI
crp          LAB11, L11_B, L11_C, CRP_D      LBXCRP, mg/dL
             to CRP_F, HSCRP_I, HSCRP_J      LBXHSCRP, mg/L; none in 2011-2014
hba1c        LAB10, L10_B, L10_C, GHB        LBXGH
totchol      LAB13, L13_B, L13_C, TCHOL      LBXTC
hdl          LAB13, L13_B, L13_C, HDL        LBDHDL, LBDHDL, LBXHDD, then LBDHDD
trig         LAB13AM, L13AM_B, L13AM_C,      LBXTR; of those who came fasting
             TRIGLY
===========  ==============================  ====================================================

Names without a survey's letter go on with _D to _J; DEMO, BMX and BPX begin without one and with _B.
Creatinine is standardised: Selvin et al., Am J Kidney Dis 2007 (1999-2000), and the documentation of
BIOPRO_D (2005-2006).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

LETTERS = {wave: "" if wave == 1 else f"_{chr(ord('A') + wave - 1)}" for wave in range(1, 11)}


@dataclass(frozen=True)
class Component:
    """Some columns and the file that holds them in each survey.

    `variables` are averaged where there are several; `other_names` are those of single surveys.
    A file that is not `required` leaves its columns empty where it is absent.
    """

    title: str
    files: Mapping[int, str]
    variables: Mapping[str, tuple[str, ...]]
    other_names: Mapping[int, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    required: bool = True

    def names(self, wave: int) -> dict[str, tuple[str, ...]]:
        """The variables of each column in one survey."""
        return {**self.variables, **self.other_names.get(wave, {})}


def _since(stem: str, first: int, last: int = 10) -> dict[int, str]:
    return {wave: stem + LETTERS[wave] for wave in range(first, last + 1)}


DEMOGRAPHY = Component(
    "demography",
    _since("DEMO", 1),
    {"gender": ("RIAGENDR",), "age": ("RIDAGEYR",), "pregnant": ("RIDEXPRG",)},
)
COMPONENTS = (
    Component(
        "body measures",
        _since("BMX", 1),
        {
            "height": ("BMXHT",),
            "weight": ("BMXWT",),
            "waist": ("BMXWAIST",),
            "bmi": ("BMXBMI",),
        },
    ),
    Component(
        "blood pressure",
        _since("BPX", 1),
        {
            "sbp": ("BPXSY1", "BPXSY2", "BPXSY3", "BPXSY4"),
            "dbp": ("BPXDI1", "BPXDI2", "BPXDI3", "BPXDI4"),
        },
    ),
    Component(
        "biochemistry",
        {1: "LAB18", 2: "L40_B", 3: "L40_C", **_since("BIOPRO", 4)},
        {
            "albumin": ("LBXSAL",),
            "alp": ("LBXSAPSI",),
            "bun": ("LBXSBU",),
            "creat": ("LBXSCR",),
            "glucose": ("LBXSGL",),
            "ttbl": ("LBXSTB",),
            "uap": ("LBXSUA",),
        },
        {2: {"alp": ("LBDSAPSI",), "creat": ("LBDSCR",), "ttbl": ("LBDSTB",)}},
    ),
    Component(
        "blood count",
        {1: "LAB25", 2: "L25_B", 3: "L25_C", **_since("CBC", 4)},
        {
            "lymph": ("LBXLYPCT",),
            "mcv": ("LBXMCVSI",),
            "rbc": ("LBXRBCSI",),
            "rdw": ("LBXRDW",),
            "wbc": ("LBXWBCSI",),
        },
    ),
    Component(
        "C-reactive protein",
        {1: "LAB11", 2: "L11_B", 3: "L11_C", **_since("CRP", 4, 6), **_since("HSCRP", 9)},
        {"crp": ("LBXCRP",)},
        {9: {"crp": ("LBXHSCRP",)}, 10: {"crp": ("LBXHSCRP",)}},
    ),
    Component(
        "glycated haemoglobin",
        {1: "LAB10", 2: "L10_B", 3: "L10_C", **_since("GHB", 4)},
        {"hba1c": ("LBXGH",)},
    ),
    Component(
        "total cholesterol",
        {1: "LAB13", 2: "L13_B", 3: "L13_C", **_since("TCHOL", 4)},
        {"totchol": ("LBXTC",)},
    ),
    Component(
        "HDL cholesterol",
        {1: "LAB13", 2: "L13_B", 3: "L13_C", **_since("HDL", 4)},
        {"hdl": ("LBDHDD",)},
        {1: {"hdl": ("LBDHDL",)}, 2: {"hdl": ("LBDHDL",)}, 3: {"hdl": ("LBXHDD",)}},
    ),
    Component(
        "gamma-glutamyl transferase",
        {2: "L40_2_B", 3: "L40_C", **_since("BIOPRO", 4)},
        {"ggt": ("LBXSGTSI",)},
        {2: {"ggt": ("LB2SGTSI",)}},
        required=False,
    ),
    Component(
        "triglycerides",
        {1: "LAB13AM", 2: "L13AM_B", 3: "L13AM_C", **_since("TRIGLY", 4)},
        {"trig": ("LBXTR",)},
        required=False,
    ),
    Component("spirometry", _since("SPX", 5, 7), {"fev": ("SPXNFEV1", "SPXBFEV1")}, required=False),
)
# column and survey: factor and offset to the unit and the method of the R package's frames
CONVERSIONS = {
    ("creat", 1): (1.013, 0.147),
    ("creat", 4): (0.978, -0.016),
    ("crp", 9): (0.1, 0.0),
    ("crp", 10): (0.1, 0.0),
}
