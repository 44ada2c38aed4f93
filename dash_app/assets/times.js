// Moments that the server writes in UTC, shown in the time zone of the browser and the language of the page.
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
        var wanted = when.toLocaleString(agelens.locale(), kinds[element.dataset.local]);
        wanted = wanted.replace(/\sг\./, "");  // in Russian the year says that it is one; days are written without
        wanted = wanted.replace(/([^,\s])\s/g, "$1\u00a0");  // a day stays on one line, the time may have the next
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
