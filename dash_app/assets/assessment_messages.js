// The form of a new assessment: validation messages and hints beside its fields, counts at its folds.
(function () {
    "use strict";
    var form = window.agelens_form = window.agelens_form || {};
    var AGE = "chronological_age";
    var waiting = false;

    function button(key, better) {
        return {
            namespace: "dash_html_components", type: "Button", props: {
                children: window.agelens.text("Switch to {unit}", {unit: better.printed}),
                type: "button", className: "assessment-switch",
                "data-assessment-switch": key, "data-unit": better.unit,
            },
        };
    }

    // What a message was about: it is gone with another number or unit.
    function stamp(key) { return form.text(key) + "|" + (form.live.units[key] || ""); }

    function said(key) {
        var live = form.live, now = stamp(key);
        if (live.told[key] && live.toldAt[key] === now) { return live.told[key]; }
        return live.touched[key] && live.checkedAt[key] === now ? live.checked[key] : "";
    }

    function error(key) {
        var field = form.live.schema.fields[key], text = form.text(key), own = "";
        var isNumber = field && field.kind !== "choice";
        if (isNumber && text.trim() && form.live.touched[key]) {
            own = form.complaint(field, form.live.units[key], text);
        }
        var words = own || said(key);
        if (!words) { return null; }
        var better = isNumber ? form.fitting(field, form.live.units[key], text) : null;
        return better ? [words + " ", button(key, better)] : words;
    }

    function hint(key) {
        var live = form.live, field = live.schema.fields[key], text = form.text(key);
        if (key === AGE && !text.trim()) { return live.age || null; }
        var known = form.unitOf(field, live.units[key]), shown = known.hint;
        if (live.noted[key] && text.trim()) {
            shown = window.agelens.text("Now read as {value}.",
                {value: text.trim() + " " + known.printed}) + " " + shown;
        }
        var unusual = form.unusual(field, live.units[key], text);
        if (!unusual) { return shown || null; }
        var better = form.fitting(field, live.units[key], text);
        return [{
            namespace: "dash_html_components", type: "Span", props: {
                children: better ? [unusual + " ", button(key, better)] : unusual,
                className: "assessment-unusual",
            },
        }, shown];
    }

    // Shows only what differs from what is shown, so that nothing else is drawn again.
    function look(key) {
        var live = form.live, field = live.schema.fields[key], props = {error: error(key)};
        var isNumber = field && field.kind !== "choice";
        if (isNumber) { props.description = hint(key); }
        var now = JSON.stringify(props);
        if ((live.shown[key] || first(field, isNumber)) === now) { return; }
        live.shown[key] = now;
        form.show(field && field.kind === "choice" ? "choice" : "value", key, props);
    }

    // As the server has drawn it.
    function first(field, isNumber) {
        var drawn = {error: null};
        if (isNumber) { drawn.description = form.unitOf(field, field.unit).hint || null; }
        return JSON.stringify(drawn);
    }

    function lookAll() { form.keys().forEach(look); }

    function hearCheck(heard) {
        form.live.checked = heard.problems || {};
        form.live.checkedAt = Object.assign({}, form.live.texts);
        form.live.age = heard.age;
        lookAll();
    }

    function hearRefusal(told) {
        var live = form.live;
        live.told = told.problems || {};
        live.read = 0;  // there is an answer: the next click is no double click
        form.keys().forEach(function (key) { live.toldAt[key] = stamp(key); });
        lookAll();
        if (told.focus) {
            window.requestAnimationFrame(function () {
                var summary = document.getElementById("assessment-summary");
                if (summary) { summary.focus(); summary.scrollIntoView({block: "center"}); }
            });
        }
    }

    function folds() {
        return Array.from(document.querySelectorAll(".assessment-fold")).map(function (fold) {
            var filled = form.keys().filter(function (key) {
                var element = form.part("value", key) || form.choices(key);
                return form.text(key).trim() && element && fold.contains(element);
            });
            return {element: fold, filled: filled.length};
        });
    }

    function openFolds() {
        folds().forEach(function (fold) { if (fold.filled) { fold.element.open = true; } });
    }

    function tidy() {
        waiting = false;
        if (!form.live.schema) { return; }
        folds().forEach(function (fold) {
            var said = fold.filled ? window.agelens.ntext(
                "one value", "{n} values", fold.filled, {n: fold.filled}) : "";
            fold.element.querySelector(".assessment-fold-filled").textContent = said;
        });
    }

    function tidySoon() {
        if (waiting) { return; }
        waiting = true;
        window.requestAnimationFrame(tidy);
    }

    form.stamp = stamp;
    form.look = look;
    form.hearCheck = hearCheck;
    form.hearRefusal = hearRefusal;
    form.openFolds = openFolds;
    form.tidySoon = tidySoon;
})();
