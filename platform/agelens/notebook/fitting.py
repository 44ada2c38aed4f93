"""Tells figures of the page when the room for them has changed; Jupyter itself does not."""

import anywidget

SCRIPT = """
export default {
  render({ el }) {
    let width = null;
    const seen = new ResizeObserver(([entry]) => {
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
