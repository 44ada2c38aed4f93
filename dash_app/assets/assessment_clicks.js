// The form of a new assessment: clicks that stay in the page.
(function () {
    "use strict";
    var form = window.agelens_form = window.agelens_form || {};

    function part(kind, key, rest) {
        var id = JSON.stringify({feature: key, type: "assessment-" + kind});
        return document.getElementById(id + (rest || ""));
    }

    function choices(key) {
        var label = part("choice", key, "-label");
        return label && label.closest(".assessment-choice");
    }

    function element(key) {
        var group = choices(key);
        return part("value", key) ||
            (group && (group.querySelector("input:checked") || group.querySelector("input")));
    }

    function goToField(key) {
        var found = element(key);
        if (!found) { return; }
        var fold = found.closest("details");
        if (fold) { fold.open = true; }
        found.focus();
        found.scrollIntoView({block: "center"});
    }

    document.addEventListener("click", function (event) {
        var link = event.target.closest("[data-assessment-field]");
        if (link) {
            event.preventDefault();
            goToField(link.getAttribute("data-assessment-field"));
        }
        var other = event.target.closest("[data-assessment-switch]");
        if (other) {
            var key = other.getAttribute("data-assessment-switch");
            window.dash_clientside.set_props(
                {type: "assessment-unit", feature: key}, {value: other.getAttribute("data-unit")});
            goToField(key);
        }
    });

    document.addEventListener("submit", function (event) {
        if (event.target.id === "assessment-form") {
            event.preventDefault();  // the button's click is what the page listens to
        } else if (event.target.getAttribute("action") === "/forms/logout") {
            form.forget(null);
        }
    });

    form.part = part;
    form.choices = choices;
})();
