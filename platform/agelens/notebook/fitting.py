"""What only the page can do: fit the figure to its room, leave the arrow keys to the sliders."""

import anywidget

SCRIPT = """
// Jupyter takes no keys from an element that says so; Notebook 7 would take a slider's arrow keys.
const keep = (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true");

export default {
  render({ el }) {
    let width = null;
    const seen = new ResizeObserver(([entry]) => {
      el.closest(".agelens")?.addEventListener("focusin", keep); // the same one is added once
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
