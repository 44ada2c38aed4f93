// The form of a new assessment: fills its fields, with a way back.
(function () {
    "use strict";
    var form = window.agelens_form = window.agelens_form || {};
    var IMPORTED = "agelens.imported";
    var AGE = "chronological_age";

    function say(text) {
        var set = window.dash_clientside.set_props;
        set("assessment-notice", {hidden: !text});
        if (text) { set("assessment-notice-text", {children: text}); }
    }

    // Fields from `typed`; those that it lacks are emptied, if `all`.
    function fill(typed, all) {
        form.keys().forEach(function (key) {
            var found = typed[key], had = form.text(key);
            if (found) {
                form.put(key, found.value, found.unit);
            } else if (all && had) {
                form.put(key, "");
            }
        });
        form.openFolds();
        form.tidySoon();
        form.keep();
    }

    function remember() {
        var live = form.live;
        live.before = {typed: form.copy(live.typed), units: form.copy(live.units)};
    }

    function isEmpty() {
        var initial = form.live.schema.initial;
        return !form.keys().some(function (key) {
            var given = initial[key] ? initial[key].value : "";
            return form.text(key) && form.text(key) !== given;
        });
    }

    // Everything in the form at once, with a way back.
    function replace(typed, notice, context) {
        var had = !isEmpty() && !context;
        remember();
        form.live.touched = {};
        fill(typed, true);
        if (context) {
            form.live.context = [];
            form.live.wanted = {};
            window.dash_clientside.set_props("assessment-context", {value: []});
        }
        say(had ? notice + " " + window.agelens.text("Your earlier entries were replaced.") : notice);
        form.keep();
        form.askSoon(0);
    }

    function undo() {
        var before = form.live.before;
        if (!before) { return; }
        form.live.before = null;
        fill(before.typed, true);
        Object.keys(before.units).forEach(function (key) {
            var select = form.part("unit", key);
            form.live.units[key] = before.units[key];
            if (select) { select.value = before.units[key]; }
            form.look(key);
        });
        say("");
        form.askSoon(0);
    }

    // The made-up person of the registry, in the units that are shown.
    function demo() {
        var live = form.live, schema = live.schema, typed = {};
        Object.keys(schema.fields).forEach(function (key) {
            var field = schema.fields[key];
            if (!field.used) { return; }
            if (field.kind === "choice") {
                typed[key] = {value: field.example};
            } else {
                typed[key] = {
                    value: form.unitOf(field, live.units[key]).example, unit: live.units[key],
                };
            }
        });
        if (schema.demo_age) { typed[AGE] = {value: String(schema.demo_age), unit: "years"}; }
        replace(typed, window.agelens.text("Filled in with a demo profile."));
    }

    // Only empty fields change their units: a number that stands there was meant in its own.
    function goTo(country) {
        var live = form.live, kept = 0;
        document.cookie = "agelens_units=" + country + "; path=/; max-age=31536000; samesite=lax";
        live.country = country;
        Object.keys(live.schema.fields).forEach(function (key) {
            var field = live.schema.fields[key], select = form.part("unit", key);
            if (field.kind === "choice" || !select) { return; }
            var unit = form.usual(field, country);
            if (unit === live.units[key]) { return; }
            if (form.text(key).trim()) { kept += 1; return; }
            live.units[key] = unit;
            select.value = unit;
            form.look(key);
        });
        live.before = null;
        if (kept) {
            window.dash_clientside.set_props("assessment-notice-text", {
                children: window.agelens.ntext(
                    "One field with a value keeps its unit.",
                    "{n} fields with values keep their units.", kept, {n: kept}),
            });
            window.dash_clientside.set_props("assessment-notice", {hidden: false});
        }
    }

    // What the import page has left, once.
    function imported() {
        var found = null;
        try {
            found = JSON.parse(sessionStorage.getItem(IMPORTED));
            sessionStorage.removeItem(IMPORTED);
        } catch (error) { /* nothing that could be read */ }
        return found && typeof found === "object" ? found : null;
    }

    function takeImported(found) {
        var fields = form.live.schema.fields, typed = {}, n = 0;
        Object.keys(found.answers || {}).forEach(function (key) {
            var field = fields[key], value = found.answers[key], unit = (found.units || {})[key];
            if (!field || value === null || value === undefined) { return; }
            typed[key] = {value: String(value)};
            if (field.units.length) {
                typed[key].unit = unit ? form.unitOf(field, unit).unit : field.units[0].unit;
            }
            n += 1;
        });
        if (found.sex) { typed[form.SEX] = {value: found.sex}; }
        if (found.measured_on) { typed[form.DAY] = {value: found.measured_on}; }
        remember();
        fill(typed, false);
        say(window.agelens.ntext(
            "One value was imported; check it.", "{n} values were imported; check them.",
            n, {n: n}));
    }

    function arrive(schema) {
        var kept = form.stored(schema.place), units = {}, offer = imported();
        form.forget(schema.place.split(":")[0]);
        Object.keys(schema.fields).forEach(function (key) { units[key] = schema.fields[key].unit; });
        form.live = {
            form: schema.form, schema: schema, place: schema.place, country: schema.country,
            base: form.copy(schema.initial), typed: {}, units: units,
            nonce: kept.nonce || form.nonce(), wanted: kept.wanted || form.copy(schema.wanted),
            baseWanted: schema.wanted,
            context: kept.context || schema.context, baseContext: schema.context,
            hasBirth: schema.has_birth_date, before: null,
            touched: {}, noted: {}, shown: {}, told: {}, toldAt: {}, checked: {}, checkedAt: {},
            texts: {}, age: schema.heard.age,
        };
        fill(Object.assign(form.copy(schema.initial), kept.typed), false);
        form.hearCheck(schema.heard);
        if (kept.context) {
            window.dash_clientside.set_props("assessment-context", {value: kept.context});
        }
        if (schema.offered) {
            remember();
            fill(schema.offered, true);
            say(window.agelens.text("Filled in from your earlier assessment."));
        }
        if (offer) { takeImported(offer); }
        form.askIfNew(JSON.stringify(schema.initial));
        return form.live.nonce;
    }

    document.addEventListener("click", function (event) {
        var schema = form.live.schema, button = schema && event.target.closest("button[id]");
        switch (button && button.id) {
        case "assessment-demo":
            return demo();
        case "assessment-again":
            return replace(schema.last.typed, window.agelens.text(
                "Filled in from your assessment of {when}.", {when: schema.last.when}));
        case "assessment-clear":
            return replace({}, window.agelens.text("Form cleared."), true);
        case "assessment-undo":
            return undo();
        default:
            return undefined;
        }
    });

    form.arrive = arrive;
    form.goTo = goTo;
    form.isEmpty = isEmpty;
})();
