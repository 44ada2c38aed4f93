"""What only the page can do: fit the figure to its room, leave the arrow keys to the sliders."""

import anywidget

SCRIPT = """
export default {
  render({ el }) {
    let width = null;
    const seen = new ResizeObserver(([entry]) => {
      // Notebook 7 would take arrow keys for itself
      el.closest(".agelens")?.setAttribute("data-lm-suppress-shortcuts", "true");
      const now = Math.round(entry.contentRect.width);
      if (now > 0 && now !== width) {
        width = now;
        window.dispatchEvent(new Event("resize"));
      }
    });
    seen.observe(el);
    return () => seen.disconnect();
  },
};
"""


class Fitting(anywidget.AnyWidget):
    """Stands above a figure, as wide as that; it is not seen."""

    _esm = SCRIPT
