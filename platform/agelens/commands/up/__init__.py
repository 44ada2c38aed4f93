"""Everything at once on one machine: `agelens up`."""
