// The form of a new assessment: what is typed, kept in session storage of this tab.
(function () {
    "use strict";
    var form = window.agelens_form = window.agelens_form || {};
    var KEPT = "agelens-assessment:";
    form.live = {};  // of the form that is shown: what is typed, what was said about it

    function copy(value) { return JSON.parse(JSON.stringify(value)); }

    function stored(place) {
        try {
            return JSON.parse(sessionStorage.getItem(KEPT + place)) || {};
        } catch (error) {
            return {};
        }
    }

    function store(place, what) {
        try {
            if (what) {
                sessionStorage.setItem(KEPT + place, JSON.stringify(what));
            } else {
                sessionStorage.removeItem(KEPT + place);
            }
        } catch (error) { /* storage is full or forbidden: the form works without it */ }
    }

    // Forget what was typed by anybody but this person; with nobody given, everything.
    function forget(person) {
        try {
            Object.keys(sessionStorage).forEach(function (key) {
                if (key.startsWith(KEPT) && !(person && key.startsWith(KEPT + person + ":"))) {
                    sessionStorage.removeItem(key);
                }
            });
        } catch (error) { /* nothing can be kept either */ }
    }

    function changed() {
        var live = form.live, keys = Object.keys(Object.assign({}, live.base, live.typed));
        if (JSON.stringify(live.wanted) !== JSON.stringify(live.baseWanted) ||
            JSON.stringify(live.context) !== JSON.stringify(live.baseContext)) { return true; }
        return keys.some(function (key) {
            var now = live.typed[key] || {value: ""}, then = live.base[key] || {value: ""};
            var moved = now.unit && then.unit && now.unit !== then.unit;
            return now.value !== then.value || (now.value && moved);
        });
    }

    function keep() {
        var differs = changed();
        var live = form.live;
        store(live.place, differs ? {
            nonce: live.nonce, typed: live.typed, wanted: live.wanted, context: live.context,
        } : null);
        var saved = document.getElementById("assessment-saved");
        if (saved) { saved.hidden = differs; }
    }

    function nonce() {
        var bytes = crypto.getRandomValues(new Uint8Array(16));
        return Array.from(bytes, function (b) { return b.toString(16).padStart(2, "0"); }).join("");
    }

    form.copy = copy;
    form.stored = stored;
    form.store = store;
    form.forget = forget;
    form.keep = keep;
    form.nonce = nonce;
})();
