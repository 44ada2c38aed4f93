"""Ids of what Dash's own router draws; it keeps these names to itself, so that only this place has them."""

ADDRESS = "_pages_location"
PAGE_STORE = "_pages_store"
