// Before anything is drawn: the chosen colours, so that a dark page does not flash white, and where
// the charts' library lies. Dash would load plotly's whole one, three times as large; it asks for
// this address when a page has its first chart.
(function () {
    "use strict";

    var chosen = "auto";
    try {
        chosen = localStorage.getItem("mantine-color-scheme-value") || "auto";
    } catch (error) { /* storage is forbidden: follow the system */ }
    var dark = chosen === "dark" ||
        (chosen === "auto" && window.matchMedia("(prefers-color-scheme: dark)").matches);
    document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");

    var charts = document.currentScript.dataset.plotly;
    Object.defineProperty(window, "_dashPlotlyJSURL", {
        get: function () { return charts; },
        set: function () { /* Dash's own address */ },
    });
})();
