"""People made up in the shape of the Kaggle file, with the structure that is visible in it.

Senses, bone and blood pressure are straight lines in age with Gaussian noise, blood fats, glucose
and cognition weakly so; smoking differs by age; everything else tells nothing of age. The constants
are round numbers of this module's own.
"""

import csv
from pathlib import Path

import numpy as np

AGES = (18, 89)
VISION, VISION_FLOOR = "Vision Sharpness", 0.2  # the data set records nothing below
# header: value at age 0, change per year, standard deviation around the line
LINES = {
    "Cholesterol Level (mg/dL)": (200.0, 0.5, 22.0),
    "Blood Glucose Level (mg/dL)": (100.0, 0.5, 18.0),
    "Bone Density (g/cm²)": (2.0, -0.02, 0.15),
    "Vision Sharpness": (1.1, -0.012, 0.12),
    "Hearing Ability (dB)": (15.0, 0.6, 10.0),
    "Cognitive Function": (80.0, -0.3, 10.0),
}
SYSTOLIC, DIASTOLIC = (110.0, 0.6, 9.0), (75.0, 0.35, 7.0)
EVENLY = {
    "Stress Levels": (1.0, 10.0),
    "Pollution Exposure": (0.0, 10.0),
    "Sun Exposure": (0.0, 12.0),
}
HEIGHT_CM = {"Male": (176.0, 7.0), "Female": (163.0, 7.0)}
BMI = (26.0, 4.0)
BMI_RANGE = (16.0, 45.0)
SMOKING = ("Never", "Former", "Current")
SMOKING_YOUNG, SMOKING_OLD = (0.6, 0.1, 0.3), (0.4, 0.4, 0.2)
# None is a category of the data, not a missing value
CHOICES = {
    "Physical Activity Level": ("Low", "Moderate", "High"),
    "Alcohol Consumption": ("None", "Occasional", "Frequent"),
    "Diet": ("Balanced", "Low-carb", "High-fat", "Vegetarian"),
    "Chronic Diseases": ("None", "Hypertension", "Diabetes", "Heart Disease"),
    "Medication Use": ("None", "Occasional", "Regular"),
    "Family History": ("None", "Hypertension", "Diabetes", "Heart Disease"),
    "Mental Health Status": ("Poor", "Fair", "Good", "Excellent"),
    "Sleep Patterns": ("Normal", "Insomnia", "Excessive"),
    "Education Level": ("None", "High School", "Undergraduate", "Postgraduate"),
    "Income Level": ("Low", "Medium", "High"),
}
HEADER = (
    "Gender", "Height (cm)", "Weight (kg)", "Blood Pressure (s/d)", "Cholesterol Level (mg/dL)",
    "BMI", "Blood Glucose Level (mg/dL)", "Bone Density (g/cm²)", "Vision Sharpness",
    "Hearing Ability (dB)", "Physical Activity Level", "Smoking Status", "Alcohol Consumption",
    "Diet", "Chronic Diseases", "Medication Use", "Family History", "Cognitive Function",
    "Mental Health Status", "Sleep Patterns", "Stress Levels", "Pollution Exposure",
    "Sun Exposure", "Education Level", "Income Level", "Age (years)",
)  # fmt: skip
ID = "ID"


def generate_kaggle(path: Path, people: int, seed: int, *, with_id: bool = False) -> Path:
    """Write a CSV file of made-up people; the same arguments give the same bytes.

    Parameters
    ----------
    path : Path
    people : int
        How many.
    seed : int
    with_id : bool
        Whether there is the column `ID`, as in the competition's own download.
    """
    rng = np.random.default_rng(seed)
    rows = [_person(rng) for _ in range(people)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, (ID, *HEADER) if with_id else HEADER, lineterminator="\n")
        writer.writeheader()
        for number, row in enumerate(rows, start=1):
            writer.writerow({ID: number, **row} if with_id else row)
    return path


def _person(rng: np.random.Generator) -> dict[str, object]:
    age = int(rng.integers(AGES[0], AGES[1] + 1))
    person: dict[str, object] = {"Age (years)": age, **_body(rng)}
    systolic, diastolic = (round(_on_line(rng, line, age)) for line in (SYSTOLIC, DIASTOLIC))
    diastolic = min(diastolic, systolic - 10)  # nobody has it above the systolic one
    person["Blood Pressure (s/d)"] = f"{systolic}/{diastolic}"
    for name, line in LINES.items():
        value = round(_on_line(rng, line, age), 6)
        person[name] = max(VISION_FLOOR, value) if name == VISION else value
    for name, (low, high) in EVENLY.items():
        person[name] = round(float(rng.uniform(low, high)), 6)
    for name, choices in CHOICES.items():
        person[name] = choices[int(rng.integers(len(choices)))]
    grown = (age - AGES[0]) / (AGES[1] - AGES[0])
    shares = (1 - grown) * np.array(SMOKING_YOUNG) + grown * np.array(SMOKING_OLD)
    person["Smoking Status"] = SMOKING[int(np.searchsorted(shares.cumsum(), rng.random()))]
    return person


def _body(rng: np.random.Generator) -> dict[str, object]:
    """Sex, height and weight; BMI follows from them exactly."""
    sex = "Male" if rng.random() < 0.5 else "Female"
    height = round(float(rng.normal(*HEIGHT_CM[sex])), 6)
    bmi = float(np.clip(rng.normal(*BMI), *BMI_RANGE))
    weight = round(bmi * (height / 100) ** 2, 6)
    bmi = weight / (height / 100) ** 2
    return {"Gender": sex, "Height (cm)": height, "Weight (kg)": weight, "BMI": bmi}


def _on_line(rng: np.random.Generator, line: tuple[float, float, float], age_years: int) -> float:
    start, slope, spread = line
    return float(rng.normal(start + slope * age_years, spread))
