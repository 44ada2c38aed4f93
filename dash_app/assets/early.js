// Before anything is drawn: the chosen colours, so that a dark page does not flash white.
(function () {
    "use strict";

    var chosen = "auto";
    try {
        chosen = localStorage.getItem("mantine-color-scheme-value") || "auto";
    } catch (error) { /* storage is forbidden: follow the system */ }
    var dark = chosen === "dark" ||
        (chosen === "auto" && window.matchMedia("(prefers-color-scheme: dark)").matches);
    document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
