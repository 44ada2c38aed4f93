// Moments that the server writes in UTC, shown in the time zone and language of the browser.
(function () {
    "use strict";

    var date = {day: "numeric", month: "short", year: "numeric"};
    var time = {hour: "2-digit", minute: "2-digit"};
    var kinds = {date: date, time: time, moment: Object.assign({}, date, time)};

    function show(element) {
        var iso = element.getAttribute("datetime");
        var when = new Date(iso);
        var text = element.firstChild;
        if (!text || isNaN(when)) {
            return;
        }
        var wanted = when.toLocaleString(undefined, kinds[element.dataset.local]);
        if (text.nodeValue !== wanted) {  // the same text node: React goes on to own it
            text.nodeValue = wanted;
        }
    }

    function showAll() {
        document.querySelectorAll("time[data-local]").forEach(show);
    }

    new MutationObserver(showAll).observe(document.documentElement, {
        attributeFilter: ["datetime"], attributes: true, characterData: true,
        childList: true, subtree: true,
    });
})();
