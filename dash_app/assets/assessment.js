// The form of a new assessment: what Dash calls. The other assessment_*.js do the work;
// they meet in `window.agelens_form`, whichever of them comes first.
(function () {
    "use strict";
    var form = window.agelens_form = window.agelens_form || {};
    var DOUBLE_CLICK = 700;  // milliseconds

    function triggers() {
        return window.dash_clientside.callback_context.triggered.map(function (one) {
            var dot = one.prop_id.lastIndexOf(".");
            return {id: one.prop_id.slice(0, dot), property: one.prop_id.slice(dot + 1)};
        });
    }

    function typedNow(lists) {
        var units = {}, now = {};
        lists[2].forEach(function (one) { units[one.id.feature] = one.value; });
        lists[0].concat(lists[1]).forEach(function (one) {
            now[one.id.feature] = {value: one.value || "", unit: units[one.id.feature]};
        });
        return now;
    }

    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.agelens_assessment = {
        fill: function (schema, offer, _again, _clear, _undo, country, last) {
            var lists = window.dash_clientside.callback_context.outputs_list;
            var what = triggers().map(function (one) { return one.id; });
            if (!schema) { return form.filled(lists, {}, false); }
            if (schema.form !== form.live.form) {
                var result = form.arrive(schema, lists);
                form.live.country = country;
                return result;
            }
            switch (what[0]) {
            case "assessment-offer":
                return offer ? form.replace(lists, offer.typed, "Filled in with a demo profile.")
                    : form.filled(lists, {}, false);
            case "assessment-again":
                return form.replace(
                    lists, last.typed, "Filled in from your assessment of " + last.when + ".");
            case "assessment-clear":
                return form.replace(lists, {}, "Form cleared.");
            case "assessment-undo":
                return form.undo(lists);
            case "assessment-country":
                if (country === form.live.country) { return form.filled(lists, {}, false); }
                form.live.country = country;
                return form.goTo(schema, lists, country);
            default:
                return form.filled(lists, {}, false);
            }
        },

        look: function (_values, _choices, _units, _blurs, told, schema) {
            var lists = window.dash_clientside.callback_context.inputs_list;
            var numbers = form.features(lists[0]), choices = form.features(lists[1]);
            if (!schema || schema.form !== form.live.form) {
                return [numbers.map(form.same), choices.map(form.same), numbers.map(form.same),
                    form.same()];
            }
            var now = typedNow(lists), live = form.live;
            triggers().forEach(function (one) {
                if (one.property === "n_blur") { live.touched[JSON.parse(one.id).feature] = true; }
                if (one.id === "assessment-told") { form.hear(told, now); }
            });
            Object.keys(now).forEach(function (key) {
                if (now[key].value || live.typed[key]) { live.typed[key] = now[key]; }
            });
            function wrong(key) {
                var said = form.error(schema, key, now[key].value, now[key].unit);
                return form.news("error ", key, said);
            }
            var hints = numbers.map(function (key) {
                var said = form.hint(schema, key, now[key].value, now[key].unit);
                live.texts[key] = now[key].value;
                live.units[key] = now[key].unit;
                return form.news("hint ", key, said || null);
            });
            form.keep();
            return [numbers.map(wrong), choices.map(wrong), hints, form.progress(schema)];
        },

        // What stands in the fields on the screen.
        read: function (clicks, schema) {
            var now = Date.now(), found = {at: now, numbers: {}, choices: {}, units: {}};
            var again = now - (form.live.read || 0) < DOUBLE_CLICK;
            if (!clicks || !schema || again) { return form.same(); }
            form.live.read = now;
            Object.keys(schema.fields).forEach(function (key) {
                var number = form.part("value", key), unit = form.part("unit", key);
                if (number) { found.numbers[key] = number.value; }
                if (unit) { found.units[key] = form.unitOf(schema.fields[key], unit.value).unit; }
                var group = form.choices(key);
                var chosen = group && group.querySelector("input:checked");
                if (chosen) { found.choices[key] = chosen.value; }
            });
            return found;
        },

        countries: function (_id, data) {
            var names = new Intl.DisplayNames(["en"], {type: "region"});
            return data.map(function (one) {
                var elsewhere = one.value === "ZZ";
                return {value: one.value, label: elsewhere ? "Elsewhere" : names.of(one.value)};
            }).sort(function (a, b) {
                return (b.value === "ZZ") - (a.value === "ZZ") || a.label.localeCompare(b.label);
            });
        },

        saved: function (children, draft) {
            if (!children || !draft) { return form.same(); }
            form.store(form.live.place, null);
            form.live.place = form.live.place.split(":")[0] + ":" + draft;
            form.live.base = form.copy(form.live.typed);
            form.keep();
            window.history.replaceState(
                window.history.state, "", "/new?draft=" + encodeURIComponent(draft));
            return false;
        },

        // Before a draft is deleted.
        ask: function () {
            return window.dash_clientside.callback_context.triggered_id === "assessment-delete";
        },

        done: function (sent) {
            if (!sent) { return form.same(); }
            form.store(form.live.place, null);
            form.live = {};
            return sent.to;
        },
    };
})();
