// The form of a new assessment: clicks that stay in the page.
(function () {
    "use strict";
    var form = window.agelens_form = window.agelens_form || {};

    function element(key) {
        var group = form.choices(key);
        return form.part("value", key) ||
            (group && (group.querySelector("input:checked") || group.querySelector("input")));
    }

    function goToField(key) {
        var found = element(key);
        if (!found) { return; }
        if (found.closest("[data-unfound]")) { form.stopSearching(); }
        var fold = found.closest("details");
        if (fold) { fold.open = true; }
        found.focus({preventScroll: true});
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
            var key = other.getAttribute("data-assessment-switch"), select = form.part("unit", key);
            select.value = other.getAttribute("data-unit");
            select.dispatchEvent(new Event("change", {bubbles: true}));
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
})();
