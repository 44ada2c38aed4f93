"""People made up for tests, under the headers of the Kaggle file.

The recipe is this module's own: straight lines in age with noise, vision recorded from 0.2 on.
"""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

CHOICES = {
    "Gender": ["Male", "Female"],
    "Physical Activity Level": ["Low", "Moderate", "High"],
    "Alcohol Consumption": ["None", "Occasional", "Frequent"],
    "Diet": ["Balanced", "Low-carb", "High-fat", "Vegetarian"],
    "Chronic Diseases": ["None", "Hypertension", "Diabetes", "Heart Disease"],
    "Medication Use": ["None", "Occasional", "Regular"],
    "Family History": ["None", "Hypertension", "Diabetes", "Heart Disease"],
    "Mental Health Status": ["Poor", "Fair", "Good", "Excellent"],
    "Sleep Patterns": ["Normal", "Insomnia", "Excessive"],
    "Education Level": ["None", "High School", "Undergraduate", "Postgraduate"],
    "Income Level": ["Low", "Medium", "High"],
}
LINES = {
    "Cholesterol Level (mg/dL)": (205, 0.5, 22),
    "Blood Glucose Level (mg/dL)": (105, 0.4, 17),
    "Bone Density (g/cm²)": (2.0, -0.02, 0.15),
    "Hearing Ability (dB)": (20, 0.5, 10),
    "Cognitive Function": (80, -0.3, 10),
}


def make_people(n_people: int, seed: int) -> list[dict[str, object]]:
    """Rows as the Kaggle file has them."""
    rng = np.random.default_rng(seed)
    return [_person(rng, int(age)) for age in rng.integers(18, 90, size=n_people)]


def write_csv(path: Path, people: Iterable[Mapping[str, object]]) -> Path:
    """The rows as a CSV file."""
    rows = list(people)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def _person(rng: np.random.Generator, age: int) -> dict[str, object]:
    person: dict[str, object] = {
        name: str(rng.choice(choices)) for name, choices in CHOICES.items()
    }
    for name, (start, slope, sd) in LINES.items():
        person[name] = round(float(rng.normal(start + slope * age, sd)), 6)
    systolic, diastolic = rng.normal([120 + 0.5 * age, 80 + 0.3 * age], [12, 8]).round()
    diastolic = min(diastolic, systolic - 10)  # nobody has it above the systolic one
    person["Blood Pressure (s/d)"] = f"{systolic:.0f}/{diastolic:.0f}"
    person["Vision Sharpness"] = round(max(0.2, float(rng.normal(1 - 0.01 * age, 0.1))), 6)
    smokes = [0.65, 0.25, 0.1] if age < 30 else [0.3, 0.4, 0.3]
    person["Smoking Status"] = str(rng.choice(["Never", "Former", "Current"], p=smokes))
    height, bmi = float(rng.normal(168, 8)), float(rng.normal(25, 3))
    person |= {"Height (cm)": height, "BMI": bmi, "Weight (kg)": bmi * (height / 100) ** 2}
    person["Stress Levels"] = float(rng.uniform(1, 10))
    person["Pollution Exposure"] = float(rng.uniform(0, 10))
    person["Sun Exposure"] = float(rng.uniform(0, 12))
    return {**person, "Age (years)": age}
