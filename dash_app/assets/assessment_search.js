// The form of a new assessment: finds a biomarker by its name, a spelling of reports, or its LOINC code.
(function () {
    "use strict";
    var form = window.agelens_form = window.agelens_form || {};
    var before = null;  // which folds were open before the search

    function frame(key) {
        var element = form.part("value", key) || form.choices(key);
        return element && element.closest(".assessment-number, .assessment-choice");
    }

    function matches(field, words) {
        return words.every(function (word) { return field.search.indexOf(word) >= 0; });
    }

    function mark(element, isFound) {
        if (isFound) {
            element.removeAttribute("data-unfound");
        } else {
            element.setAttribute("data-unfound", "");
        }
    }

    function find(text) {
        var words = text.toLowerCase().split(/\s+/).filter(Boolean), found = [];
        var folds = Array.from(document.querySelectorAll(".assessment-fold"));
        Object.keys(form.live.schema.fields).forEach(function (key) {
            var element = frame(key);
            if (!element || element.closest("[data-assessment-about]")) { return; }
            var is = matches(form.live.schema.fields[key], words);
            mark(element, is);
            if (is) { found.push(element); }
        });
        document.querySelectorAll(".assessment-searched .assessment-group, .assessment-fold")
            .forEach(function (group) {
                mark(group, found.some(function (one) { return group.contains(one); }));
            });
        if (words.length && !before) {
            before = folds.map(function (fold) { return fold.open; });
        }
        folds.forEach(function (fold, i) { fold.open = words.length ? true : before[i]; });
        if (!words.length) { before = null; }
        tell(words.length ? found.length : null);
        return found;
    }

    function tell(n) {
        var place = document.getElementById("assessment-found");
        if (!place) { return; }
        place.textContent = n === null ? "" : n === 0 ? window.agelens.text("Nothing is called that.")
            : window.agelens.ntext("one biomarker", "{n} biomarkers", n, {n: n});
    }

    document.addEventListener("input", function (event) {
        if (event.target.id === "assessment-find" && form.live.schema) {
            if (before || event.target.value.trim()) { find(event.target.value); }
        }
    });

    document.addEventListener("keydown", function (event) {
        if (event.target.id !== "assessment-find" || !form.live.schema) { return; }
        if (event.key === "Enter") {
            event.preventDefault();
            var found = event.target.value.trim() ? find(event.target.value) : [];
            if (found.length) { found[0].querySelector("input").focus(); }
        }
    });

    form.stopSearching = function () {
        if (before) {
            window.dash_clientside.set_props("assessment-find", {value: ""});
            find("");
        }
    };
})();
