"""What answers look like in a notebook: HTML with inline styles that reads in light and dark."""
