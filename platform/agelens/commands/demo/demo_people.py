"""Who takes part in the demo, and what they know about themselves."""

from dataclasses import dataclass, field

from agelens.client import Client, Model

ANNA = {
    "sex": "female",
    "height": 166,
    "weight": 71,
    "systolic_bp": 138,
    "diastolic_bp": 92,
    "total_cholesterol": 6.1,
    "glucose": 6.3,
    "bone_density": 0.9,
    "vision_sharpness": 0.5,
    "hearing_ability": 44,
    "cognitive_function": 58,
    "smoking_status": "former",
}
BORIS = {
    "sex": "male",
    "systolic_bp": 118,
    "diastolic_bp": 76,
    "total_cholesterol": 4.6,
    "bone_density": 1.2,
    "vision_sharpness": 0.6,
    "hearing_ability": 31,
    "cognitive_function": 69,
    "smoking_status": "never",
}
BORIS_GLUCOSE_MG_DL = 96  # as his laboratory writes it


@dataclass(frozen=True)
class Person:
    """Somebody with an account."""

    name: str
    email: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Cast:
    """The people of the demo, each with a client of their own, and the clock they ask."""

    anna: Client
    boris: Client
    admin: Client
    boris_email: str
    model: Model
