"""Browser-side script: resize the figure, label sliders, keep their keyboard keys."""

import anywidget

SCRIPT = """
// Jupyter takes no keys from an element that says so; Notebook 7 would take a slider's arrow keys.
const keep = (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true");

// The label that a slider has is not one of its handle, which is what people move.
const name = (root) => {
  for (const handle of root.querySelectorAll("[role=slider]:not([aria-label])")) {
    const label = handle.closest(".widget-slider")?.querySelector("label");
    if (label?.title) handle.setAttribute("aria-label", label.title);
  }
};

export default {
  render({ el }) {
    let width = null;
    let root = null;
    const changed = new MutationObserver(() => name(root));
    const seen = new ResizeObserver(([entry]) => {
      if (root === null && (root = el.closest(".agelens")) !== null) {
        root.addEventListener("focusin", keep); // the same one is added once
        changed.observe(root, { childList: true, subtree: true });
        name(root);
      }
      const now = Math.round(entry.contentRect.width);
      if (now > 0 && now !== width) {
        width = now;
        window.dispatchEvent(new Event("resize"));
      }
    });
    seen.observe(el);
    return () => {
      seen.disconnect();
      changed.disconnect();
    };
  },
};
"""


class ResizeObserver(anywidget.AnyWidget):
    """Stands above a figure, as wide as that; it is not seen."""

    _esm = SCRIPT
