// The form of a new assessment: its fields. What stands in them is kept in `live.typed`, by feature.
(function () {
    "use strict";
    var form = window.agelens_form = window.agelens_form || {};
    var DAY = "measured_on", BIRTH = "birth_date", SEX = "sex";

    function part(kind, key, rest) {
        var id = JSON.stringify({feature: key, type: "assessment-" + kind});
        return document.getElementById(id + (rest || ""));
    }

    function show(kind, key, props) {
        window.dash_clientside.set_props({type: "assessment-" + kind, feature: key}, props);
    }

    function isChoice(key) {
        var field = form.live.schema.fields[key];
        return Boolean(field) && field.kind === "choice";
    }

    function choices(key) {
        var label = part("choice", key, "-label");
        return label && label.closest(".assessment-choice");
    }

    function checked(key) {
        var group = choices(key), found = group && group.querySelector("input:checked");
        return found ? found.value : "";
    }

    function text(key) {
        var typed = form.live.typed[key];
        return typed ? typed.value : "";
    }

    function keys() {
        return Object.keys(form.live.schema.fields).concat([DAY]);
    }

    // The key of the field that an event is of.
    function keyOf(target, kind) {
        try {
            var id = JSON.parse(target.id);
            return id.type === "assessment-" + kind ? id.feature : null;
        } catch (error) {
            return null;
        }
    }

    function note(key, value) {
        var live = form.live;
        live.typed[key] = {value: value};
        if (live.units[key]) { live.typed[key].unit = live.units[key]; }
        form.look(key);
        form.tidySoon();
        form.keep();
    }

    // From within: a value, and its unit where there is one.
    function put(key, value, unit) {
        var live = form.live, select = part("unit", key);
        if (unit && live.schema.fields[key].units.length) {
            live.units[key] = unit;
            if (select) { select.value = unit; }
        }
        live.typed[key] = {value: value};
        if (live.units[key]) { live.typed[key].unit = live.units[key]; }
        live.touched[key] = Boolean(value);
        var shown = key === DAY && !value ? live.schema.today : value;
        show(isChoice(key) ? "choice" : "value", key, {value: shown});
        form.look(key);
    }

    function typedIn(event) {
        var key = keyOf(event.target, "value");
        if (key === BIRTH) { return; }
        note(key, event.target.value);
        form.askSoon();
    }

    function unitChosen(event) {
        var key = keyOf(event.target, "unit"), live = form.live;
        live.noted[key] = live.units[key] !== event.target.value && Boolean(text(key).trim());
        live.units[key] = event.target.value;
        note(key, text(key));
        form.askSoon(0);
    }

    function choose(key) {
        var before = text(key);
        if (before === checked(key)) { return; }
        form.live.touched[key] = true;
        note(key, checked(key));
        form.askSoon(0);
        if (key === SEX) { form.remember(); }
    }

    document.addEventListener("input", function (event) {
        if (form.live.schema && keyOf(event.target, "value")) { typedIn(event); }
    });

    document.addEventListener("change", function (event) {
        if (!form.live.schema) { return; }
        if (keyOf(event.target, "unit")) { unitChosen(event); }
        if (keyOf(event.target, "value") === BIRTH) { form.remember(); }
        if (event.target.id === "assessment-remember") { form.offerProfile(event.target.checked); }
        if (event.target.closest(".assessment-context")) {
            var boxes = document.querySelectorAll(".assessment-context input:checked");
            form.live.context = Array.from(boxes).map(function (box) { return box.value; });
            form.keep();
            form.askSoon(0);
        }
    });

    document.addEventListener("focusout", function (event) {
        var key = form.live.schema && keyOf(event.target, "value");
        if (key && key !== BIRTH && !form.live.touched[key]) {
            form.live.touched[key] = true;
            form.look(key);
        }
    });

    // A second click on an answer takes it away, which no event tells but the click.
    document.addEventListener("click", function (event) {
        var group = form.live.schema && event.target.closest(".assessment-choice");
        if (!group) { return; }
        window.setTimeout(function () {
            Object.keys((form.live.schema || {fields: {}}).fields).forEach(function (key) {
                if (isChoice(key) && choices(key) === group) { choose(key); }
            });
        });
    });

    form.part = part;
    form.show = show;
    form.choices = choices;
    form.checked = checked;
    form.isChoice = isChoice;
    form.text = text;
    form.keys = keys;
    form.put = put;
    form.DAY = DAY;
    form.BIRTH = BIRTH;
    form.SEX = SEX;
})();
