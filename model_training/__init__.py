"""From raw data to a published clock bundle."""
