"""Made-up panels, inside every plausible range."""

COMPLETE = {
    "sex": "male",
    "systolic_bp": 131,
    "diastolic_bp": 83,
    "total_cholesterol": 5.3,
    "glucose": 5.9,
    "bone_density": 1.0,
    "vision_sharpness": 0.6,
    "hearing_ability": 35,
    "cognitive_function": 64,
    "smoking_status": "former",
}
SHORT = {"systolic_bp": 131}
