"""The Kaggle training file through kagglehub, with the user's own credentials.

Only Train.csv is asked for: the competition's Test.csv holds the same people, row for row, and is a
leak. kagglehub itself finds the credentials and keeps what it has downloaded.
"""

from pathlib import Path

from agelens.domain.errors import InvalidInput

from model_training.datasets.kaggle import load

COMPETITION = "precision-health-predicting-human-age-with-biomark"
TRAIN_FILE = "Train.csv"
PAGE = f"kaggle.com/competitions/{COMPETITION}"
REFUSED = (401, 403)
STEPS = (
    f"1. on {PAGE} join the competition and accept its rules; "
    "2. on kaggle.com/settings/api create an API token; "
    "3. keep it in ~/.kaggle/access_token, or in the variable KAGGLE_API_TOKEN (an older kaggle.json "
    "in ~/.kaggle, or KAGGLE_USERNAME and KAGGLE_KEY, serve too); 4. try again. "
    f"Or download {TRAIN_FILE} from that page and pass its path"
)


def download() -> Path:
    """Where the downloaded training file lies; a file that is there already is not fetched again.

    Raises
    ------
    InvalidInput
        Naming `data`: without kagglehub, without credentials or leave, when Kaggle cannot be reached,
        or when what came is no copy of the training file.
    """
    path = _fetch()
    if path.name.casefold() != TRAIN_FILE.casefold() or not path.is_file():
        raise InvalidInput.at("data", f"Kaggle sent {path.name} instead of {TRAIN_FILE}")
    load(path)  # refuses what is no copy of the training file
    return path


def _fetch() -> Path:
    try:
        import kagglehub
        from kagglehub import exceptions
    except ModuleNotFoundError as error:
        message = (
            f"downloading needs the package kagglehub: install agelens[train]; "
            f"or download {TRAIN_FILE} from {PAGE} and pass its path"
        )
        raise InvalidInput.at("data", message) from error
    try:
        return Path(kagglehub.competition_download(COMPETITION, path=TRAIN_FILE))
    except exceptions.UnauthenticatedError as error:
        message = f"there are no Kaggle credentials on this computer: {STEPS}"
        raise InvalidInput.at("data", message) from error
    except (exceptions.DataCorruptionError, OSError, ValueError) as error:
        raise InvalidInput.at("data", _why(error)) from error


def _why(error: Exception) -> str:
    """What Kaggle or the way to it said; requests' errors are OSErrors that may carry a response."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status in REFUSED:
        return f"Kaggle refuses the download ({status}): {STEPS}"
    reason = " ".join(str(error).split()) or type(error).__name__
    return (
        f"the download from Kaggle failed: {reason}. Or pass the path of a {TRAIN_FILE} of your own"
    )
