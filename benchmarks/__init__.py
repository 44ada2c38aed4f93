"""How quick the clocks and the service are, against what others do on this machine: `make bench`.

Not part of the wheel. `command` measures and prints; `history` keeps a line of each recorded run.
"""

from pathlib import Path

REPOSITORY = Path(__file__).parents[1]  # where processes that measure alone find this package
