// Whoever logs out, or in as somebody else, in one tab has done so in all. Said before anything is drawn:
// the other tabs forget at once.
(function () {
    "use strict";

    var KEY = "agelens.person";
    var meta = document.querySelector('meta[name="agelens-person"]');
    var here = meta ? meta.content : "";

    function latest() {
        try {
            return localStorage.getItem(KEY);
        } catch (error) {  // storage is forbidden: each tab finds out with its next request
            return null;
        }
    }

    function compare(person) {
        if (person !== null && person !== here) {
            document.documentElement.hidden = true;
            window.location.reload();
        }
    }

    try {
        localStorage.setItem(KEY, here);
    } catch (error) { /* as above */ }

    window.addEventListener("storage", function (event) {
        if (event.key === KEY) {
            compare(event.newValue);
        }
    });
    window.addEventListener("pageshow", function (event) {
        if (event.persisted) {  // brought back as it was left
            compare(latest());
        }
    });
    document.addEventListener("visibilitychange", function () {
        if (document.visibilityState === "visible") {
            compare(latest());
        }
    });
})();
