// The form of a new assessment: fills fields, looks at what is typed, and keeps it in this tab.
// Every range, unit and hint comes from the page's schema store; the service remains the judge.
(function () {
    "use strict";
    var KEPT = "agelens-assessment:";
    var NUMBER = /^[-+]?(\d+[.,]?\d*|[.,]\d+)(e[-+]?\d+)?$/i;
    var THOUSANDS = /^[-+\u2212]?\d{1,3}( \d{3})+([.,]\d*)?$/;
    var NO_NUMBER = "Write a number, such as 1.5 or 1,5.";
    var DOUBLE_CLICK = 700;  // milliseconds
    var live = {};  // of the form that is shown: what is typed, what was said about it

    // ------------------------------------------------------------ reading

    // As dash_app/values.py reads it; NaN when it is no number.
    function number(text) {
        var plain = text.replace(/[\u00a0\u2009\u202f]/g, " ").trim();
        if (THOUSANDS.test(plain)) { plain = plain.replace(/ /g, ""); }
        plain = plain.replace(/\u2212/g, "-");
        return NUMBER.test(plain) ? Number(plain.replace(",", ".")) : NaN;
    }

    function fits(field, unit, value) {
        var canonical = value * unit.factor + unit.offset;
        return canonical >= field.plausible[0] && canonical <= field.plausible[1];
    }

    function unitOf(field, name) {
        return field.units.find(function (unit) { return unit.unit === name; }) || field.units[0];
    }

    // The unit in which a number that is out of range would be in it.
    function fitting(field, name, text) {
        var value = number(text);
        if (!field.plausible || isNaN(value) || fits(field, unitOf(field, name), value)) {
            return null;
        }
        return field.units.find(function (unit) {
            return unit.unit !== name && fits(field, unit, value);
        }) || null;
    }

    function complaint(field, name, text) {
        var value = number(text), unit = unitOf(field, name);
        if (isNaN(value)) { return NO_NUMBER; }
        if (!field.plausible || fits(field, unit, value)) { return ""; }
        var better = fitting(field, name, text);
        return text.trim() + " " + unit.printed + " is outside " + unit.range + "." +
            (better ? " It would fit in " + better.printed + "." : "");
    }

    // ------------------------------------------------------------ keeping, in this tab only

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
        var keys = Object.keys(Object.assign({}, live.base, live.typed));
        return keys.some(function (key) {
            var now = live.typed[key] || {value: ""}, then = live.base[key] || {value: ""};
            var moved = now.unit && then.unit && now.unit !== then.unit;
            return now.value !== then.value || (now.value && moved);
        });
    }

    function keep() {
        var differs = changed();
        store(live.place, differs ? {nonce: live.nonce, typed: live.typed} : null);
        var saved = document.getElementById("assessment-saved");
        if (saved) { saved.hidden = differs; }
    }

    function nonce() {
        var bytes = crypto.getRandomValues(new Uint8Array(16));
        return Array.from(bytes, function (b) { return b.toString(16).padStart(2, "0"); }).join("");
    }

    // ------------------------------------------------------------ the page's state

    function same() { return window.dash_clientside.no_update; }

    function triggers() {
        return window.dash_clientside.callback_context.triggered.map(function (one) {
            var dot = one.prop_id.lastIndexOf(".");
            return {id: one.prop_id.slice(0, dot), property: one.prop_id.slice(dot + 1)};
        });
    }

    function features(list) {
        return list.map(function (one) { return one.id.feature; });
    }

    function copy(value) { return JSON.parse(JSON.stringify(value)); }

    // What `fill` returns: fields from `typed`; those that it lacks are emptied, if `all`.
    function filled(lists, typed, all, notice) {
        function text(key) { return typed[key] ? typed[key].value : (all ? "" : same()); }
        function unit(key) { return typed[key] && typed[key].unit ? typed[key].unit : same(); }
        Object.keys(typed).forEach(function (key) { live.touched[key] = true; });
        return [
            features(lists[0]).map(text),
            features(lists[1]).map(text),
            features(lists[2]).map(unit),
            notice === null ? true : (notice ? false : same()),
            notice || same(),
            same(),
        ];
    }

    function arrive(schema, lists) {
        var kept = stored(schema.place);
        var goesOn = schema.switched && live.place === schema.place;
        forget(schema.place.split(":")[0]);
        live = {
            form: schema.form,
            place: schema.place,
            base: goesOn ? live.base : copy(schema.initial),
            typed: goesOn ? live.typed : Object.assign(copy(schema.initial), kept.typed),
            nonce: goesOn ? live.nonce : (kept.nonce || nonce()),
            before: goesOn ? live.before : null,
            touched: {}, notes: {}, units: {}, texts: {}, told: {}, toldAt: {}, shown: {},
        };
        if (window.location.pathname + window.location.search !== schema.address) {
            window.history.replaceState(window.history.state, "", schema.address);
        }
        var notice = goesOn ? undefined : null;
        if (schema.offered) {
            live.before = {typed: live.typed, units: {}};
            live.typed = copy(schema.offered);
            notice = "The answers of your earlier assessment are filled in.";
        }
        var result = filled(lists, live.typed, Boolean(schema.offered), notice);
        result[5] = live.nonce;
        return result;
    }

    // Everything in the form at once, with a way back.
    function replace(lists, typed, notice) {
        var had = Object.keys(live.typed).some(function (key) { return live.typed[key].value; });
        live.before = {typed: copy(live.typed), units: copy(live.units)};
        live.typed = copy(typed);
        live.touched = {};
        return filled(lists, typed, true, notice + (had ? " What was typed before is replaced." : ""));
    }

    function undo(lists) {
        var before = live.before || {typed: live.typed, units: {}};
        live.typed = before.typed;
        var result = filled(lists, before.typed, true, null);
        result[2] = features(lists[2]).map(function (key) { return before.units[key] || same(); });
        return result;
    }

    function usual(field, country) {
        return (field.units.find(function (unit) {
            return unit.countries.indexOf(country) >= 0;
        }) || field.units[0]).unit;
    }

    function goTo(schema, lists, country) {
        var numbers = 0;
        document.cookie = "agelens_units=" + country + "; path=/; max-age=31536000; samesite=lax";
        live.before = {typed: copy(live.typed), units: copy(live.units)};
        var units = features(lists[2]).map(function (key) {
            var unit = usual(schema.fields[key], country);
            if (unit === live.units[key]) { return same(); }
            if (live.typed[key] && live.typed[key].value) { numbers += 1; }
            return unit;
        });
        var result = filled(lists, {}, false, numbers
            ? "The units changed, the numbers you typed did not: please check them." : undefined);
        result[2] = units;
        return result;
    }

    // ------------------------------------------------------------ looking

    function button(key, better) {
        return {
            namespace: "dash_html_components", type: "Button", props: {
                children: "Switch to " + better.printed, type: "button", className: "assessment-switch",
                "data-assessment-switch": key, "data-unit": better.unit,
            },
        };
    }

    function error(schema, key, text, unit) {
        var field = schema.fields[key], told = "", said = "";
        if (live.told[key] && live.toldAt[key] === text + "|" + unit) { told = live.told[key]; }
        if (field.kind !== "choice" && text.trim() && (told || live.touched[key])) {
            said = complaint(field, unit, text);
        }
        said = said || told;
        if (!said) { return null; }
        var better = field.kind === "choice" ? null : fitting(field, unit, text);
        return better ? [said + " ", button(key, better)] : said;
    }

    function hint(schema, key, text, unit) {
        var known = unitOf(schema.fields[key], unit);
        if (live.texts[key] !== text) {
            delete live.notes[key];
        } else if (text.trim() && live.units[key] && live.units[key] !== unit) {
            live.notes[key] = "Now read as " + text.trim() + " " + known.printed + "; the number stays. ";
        }
        return (live.notes[key] || "") + known.hint;
    }

    // Only what differs from what is shown, so that nothing else is drawn again.
    function news(kind, key, value) {
        var name = kind + key, text = JSON.stringify(value);
        if (live.shown[name] === text) { return same(); }
        live.shown[name] = text;
        return value;
    }

    function progress(schema) {
        var asked = Object.keys(schema.fields).filter(function (k) { return schema.fields[k].asked; });
        var done = asked.filter(function (key) {
            return live.typed[key] && live.typed[key].value.trim();
        });
        var words = done.length + " of " + asked.length + " answered";
        return [
            {namespace: "dash_html_components", type: "Span", props: {children: words}},
            {namespace: "dash_mantine_components", type: "Progress", props: {
                value: asked.length ? 100 * done.length / asked.length : 0, size: "sm",
                "aria-label": words,
            }},
        ];
    }

    function hear(told, now) {
        live.told = told ? told.problems : {};
        Object.keys(now).forEach(function (key) {
            live.toldAt[key] = now[key].value + "|" + now[key].unit;
        });
        if (told && told.focus) {
            window.requestAnimationFrame(function () {
                var summary = document.getElementById("assessment-summary");
                if (summary) { summary.focus(); summary.scrollIntoView({block: "center"}); }
            });
        }
    }

    function typedNow(lists) {
        var units = {}, now = {};
        lists[2].forEach(function (one) { units[one.id.feature] = one.value; });
        lists[0].concat(lists[1]).forEach(function (one) {
            now[one.id.feature] = {value: one.value || "", unit: units[one.id.feature]};
        });
        return now;
    }

    // ------------------------------------------------------------ what the page calls

    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.agelens_assessment = {
        fill: function (schema, offer, _again, _clear, _undo, country, last) {
            var lists = window.dash_clientside.callback_context.outputs_list;
            var what = triggers().map(function (one) { return one.id; });
            if (!schema) { return filled(lists, {}, false); }
            if (schema.form !== live.form) {
                var result = arrive(schema, lists);
                live.country = country;
                return result;
            }
            switch (what[0]) {
            case "assessment-offer":
                return offer ? replace(lists, offer.typed, "A made-up person is filled in.")
                    : filled(lists, {}, false);
            case "assessment-again":
                return replace(
                    lists, last.typed, "Your assessment of " + last.when + " is filled in.");
            case "assessment-clear":
                return replace(lists, {}, "The form is empty.");
            case "assessment-undo":
                return undo(lists);
            case "assessment-country":
                if (country === live.country) { return filled(lists, {}, false); }
                live.country = country;
                return goTo(schema, lists, country);
            default:
                return filled(lists, {}, false);
            }
        },

        look: function (_values, _choices, _units, _blurs, told, schema) {
            var lists = window.dash_clientside.callback_context.inputs_list;
            var numbers = features(lists[0]), choices = features(lists[1]);
            if (!schema || schema.form !== live.form) {
                return [numbers.map(same), choices.map(same), numbers.map(same), same()];
            }
            var now = typedNow(lists);
            triggers().forEach(function (one) {
                if (one.property === "n_blur") { live.touched[JSON.parse(one.id).feature] = true; }
                if (one.id === "assessment-told") { hear(told, now); }
            });
            Object.keys(now).forEach(function (key) {
                if (now[key].value || live.typed[key]) { live.typed[key] = now[key]; }
            });
            function wrong(key) {
                return news("error ", key, error(schema, key, now[key].value, now[key].unit));
            }
            var hints = numbers.map(function (key) {
                var said = hint(schema, key, now[key].value, now[key].unit);
                live.texts[key] = now[key].value;
                live.units[key] = now[key].unit;
                return news("hint ", key, said || null);
            });
            keep();
            return [numbers.map(wrong), choices.map(wrong), hints, progress(schema)];
        },

        // What stands in the fields on the screen.
        read: function (clicks, schema) {
            var now = Date.now(), form = {at: now, numbers: {}, choices: {}, units: {}};
            if (!clicks || !schema || now - (live.read || 0) < DOUBLE_CLICK) { return same(); }
            live.read = now;
            Object.keys(schema.fields).forEach(function (key) {
                var number = part("value", key), unit = part("unit", key);
                if (number) { form.numbers[key] = number.value; }
                if (unit) { form.units[key] = unit.value; }
                var chosen = choices(key) && choices(key).querySelector("input:checked");
                if (chosen) { form.choices[key] = chosen.value; }
            });
            return form;
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
            if (!children || !draft) { return same(); }
            store(live.place, null);
            live.place = live.place.split(":")[0] + ":" + draft;
            live.base = copy(live.typed);
            keep();
            window.history.replaceState(
                window.history.state, "", "/new?draft=" + encodeURIComponent(draft));
            return false;
        },

        // Before a draft is deleted.
        ask: function () {
            return window.dash_clientside.callback_context.triggered_id === "assessment-delete";
        },

        done: function (sent) {
            if (!sent) { return same(); }
            store(live.place, null);
            live = {};
            return sent.to;
        },
    };

    // ------------------------------------------------------------ clicks that stay in the page

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
            forget(null);
        }
    });
})();
