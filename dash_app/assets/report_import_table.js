// What was found in a report, for a person to confirm: a row a value, and what was not understood.
(function () {
    "use strict";
    var report = window.agelens_import = window.agelens_import || {};
    var KEPT = "agelens.imported";
    var known = {};  // biomarkers by key: label, units, choices
    var usual = null;  // the day of the report
    var count = 0;  // of rows ever drawn: their fields have names of their own

    function text(message, values) { return window.agelens.text(message, values); }

    function at(id) { return document.getElementById(id); }

    // make("td", {class: "x"}, "words", node, …)
    function make(kind, attributes) {
        var made = document.createElement(kind);
        Object.keys(attributes || {}).forEach(function (name) {
            if (attributes[name] !== null) { made.setAttribute(name, attributes[name]); }
        });
        Array.prototype.slice.call(arguments, 2).forEach(function (part) {
            if (part) { made.append(part); }
        });
        return made;
    }

    function select(label, choices, chosen, empty) {
        var made = make("select", {"aria-label": label, "class": "import-field"});
        if (empty) { made.append(new Option(empty, "")); }
        choices.forEach(function (one) {
            made.append(new Option(one.label, one.value, false, one.value === chosen));
        });
        return made;
    }

    function markers() {
        return Object.keys(known).map(function (key) {
            return {value: key, label: known[key].label};
        });
    }

    function spelled(unit) {
        return unit.toLowerCase().replace(/[\s^]/g, "").replace(/[µμ]/g, "u").replace(/×/g, "x");
    }

    // The biomarker's unit that is written so; "" where a person has to say it.
    function unitOf(key, written) {
        var found = known[key].units.find(function (one) {
            return spelled(one.value) === spelled(written) || spelled(one.label) === spelled(written);
        });
        return found ? found.value : "";
    }

    function cell(label, part, more) {
        var inner = make("div");
        inner.append(part || "");
        return make("td", Object.assign({"data-label": label}, more), inner);
    }

    function valueField(key, written) {
        var marker = known[key], label = text("Value of {name}", {name: marker.label});
        if (marker.choices.length) {
            return select(label, marker.choices, written, text("Choose"));
        }
        return make("input", {"aria-label": label, "class": "import-field", type: "text",
            inputmode: "decimal", autocomplete: "off", value: written});
    }

    function unitField(key, unit) {
        var marker = known[key], label = text("Unit of {name}", {name: marker.label});
        if (!marker.units.length) { return ""; }
        return select(label, marker.units, unit, unit ? null : text("Choose"));
    }

    // Another biomarker may be another unit, or a choice: the two fields are made anew.
    function fit(row, key, written, unit) {
        row.dataset.feature = key;
        row.querySelector(".import-value > div").replaceChildren(valueField(key, written));
        row.querySelector(".import-unit > div").replaceChildren(unitField(key, unit));
        row.querySelector("input[type=checkbox]").setAttribute(
            "aria-label", text("Use {name}", {name: known[key].label}));
        row.querySelector(".import-source").id = row.id + "-source";
        row.querySelectorAll(".import-value .import-field").forEach(function (field) {
            field.setAttribute("aria-describedby", row.id + "-source");
        });
    }

    function day(iso) {
        return new Date(iso + "T12:00:00").toLocaleDateString(
            window.agelens.locale(), {day: "numeric", month: "short", year: "numeric"});
    }

    function source(found) {
        var quoted = make("div", {"class": "import-source"},
            make(found.quoted === false ? "span" : "q", {}, found.source));
        var facts = [];
        if (found.loinc) { facts.push(text("LOINC {code}", {code: found.loinc})); }
        if (found.date && found.date !== usual) { facts.push(day(found.date)); }
        if (facts.length) { quoted.append(make("span", {"class": "import-facts"}, facts.join(" · "))); }
        (found.warnings || []).forEach(function (said) {
            quoted.append(make("p", {"class": "import-warning"}, said));
        });
        return quoted;
    }

    function row(found) {
        count += 1;
        var tick = make("input", {type: "checkbox"});
        tick.checked = found.use;
        var what = select(text("Biomarker"), markers(), found.feature);
        what.classList.add("import-what");
        var made = make("tr", {id: "import-row-" + count},
            cell(text("Use"), tick, {"class": "import-tick"}),
            cell(text("Biomarker"), what, {"class": "import-marker"}),
            cell(text("Value"), null, {"class": "import-value"}),
            cell(text("Unit"), null, {"class": "import-unit"}),
            cell(text("In the report"), source(found)));
        fit(made, found.feature, found.written, found.unit);
        return made;
    }

    function table(rows) {
        var names = [text("Use"), text("Biomarker"), text("Value"), text("Unit"), text("In the report")];
        var head = make("tr");
        names.forEach(function (name) { head.append(make("th", {scope: "col"}, name)); });
        var body = make("tbody", {id: "import-rows"});
        rows.forEach(function (found) { body.append(row(found)); });
        return make("table", {"class": "cards-table import-table"},
            make("caption", {"class": "unseen"}, text("Values that were found")),
            make("thead", {}, head), body);
    }

    function leftOver(parts) {
        var section = make("section", {"class": "import-left"},
            make("h2", {}, text("Not understood")),
            make("p", {}, text("These lines are left out. If you know what one is, assign it to a biomarker.")));
        var list = make("ul");
        parts.forEach(function (part) {
            var item = make("li", {}, make("q", {}, part.source),
                make("span", {"class": "import-reason"}, part.times > 1 ?
                    text("{reason} ({n} times)", {reason: part.reason, n: part.times}) : part.reason));
            if (part.written) { item.append(assigner(part, item)); }
            list.append(item);
        });
        section.append(list);
        return section;
    }

    function assigner(part, item) {
        var label = text("Assign {value} to a biomarker",
            {value: (part.written + " " + part.unit).trim()});
        var made = select(label, markers(), "", text("Assign to a biomarker …"));
        made.addEventListener("change", function () {
            if (!made.value) { return; }
            var added = row({feature: made.value, written: part.written, use: true, warnings: [],
                unit: unitOf(made.value, part.unit), source: part.source});
            at("import-rows").append(added);
            item.remove();
            alone(added);
            counted();
            added.querySelector(".import-value .import-field").focus();
        });
        return made;
    }

    // A date that can be read in two ways: nobody but the person knows which is meant.
    function possibleDays(days, field) {
        field.dataset.asked = "yes";
        var asked = make("div", {"class": "import-days", role: "group",
            "aria-label": text("Which day is meant?")}, text("Which day is meant?"));
        days.forEach(function (one) {
            var button = make("button", {type: "button", "class": "call"}, day(one));
            button.addEventListener("click", function () {
                field.value = one;
                field.focus();
            });
            asked.append(button);
        });
        return asked;
    }

    function head(answer) {
        var title = make("h2", {tabindex: "-1", id: "import-title"}, text("Check these values"));
        var day = make("input", {type: "date", id: "import-day", "class": "import-field",
            max: new Date().toISOString().slice(0, 10), value: answer.measured_on || ""});
        var label = make("label", {"for": "import-day", "class": "import-label"},
            text("Blood drawn on"));
        var parts = [title, make("div", {"class": "import-day"}, label, day,
            answer.possible_days.length ? possibleDays(answer.possible_days, day) : null)];
        if (answer.warnings.length) {
            var list = make("ul", {"class": "import-warnings"});
            answer.warnings.forEach(function (said) { list.append(make("li", {}, said)); });
            parts.push(list);
        }
        return parts;
    }

    function ticked() {
        return Array.from(document.querySelectorAll("#import-rows tr")).filter(function (each) {
            return each.querySelector("input[type=checkbox]").checked;
        });
    }

    // A biomarker has one value: ticking one unticks another.
    function alone(chosen) {
        ticked().forEach(function (each) {
            if (each !== chosen && each.dataset.feature === chosen.dataset.feature) {
                each.querySelector("input[type=checkbox]").checked = false;
            }
        });
    }

    function counted() {
        var n = ticked().length, button = at("import-use");
        document.querySelectorAll("#import-rows tr").forEach(function (each) {
            each.classList.toggle("unused", !each.querySelector("input[type=checkbox]").checked);
        });
        if (!button) { return; }
        button.textContent = window.agelens.ntext(
            "Use this value", "Use these {n} values", n, {n: n});
        button.disabled = !n;
    }

    function wrong(field, message) {
        field.setAttribute("aria-invalid", "true");
        var said = make("p", {"class": "import-wrong"}, message);
        field.after(said);
        return field;
    }

    // The first field that is not filled in; each of them says so.
    function unfinished(rows) {
        document.querySelectorAll(".import-wrong").forEach(function (said) { said.remove(); });
        var found = [], drawn = at("import-day");
        drawn.removeAttribute("aria-invalid");
        if (drawn.dataset.asked && !drawn.value) {
            found.push(wrong(drawn, text("Choose the day")));
        }
        rows.forEach(function (each) {
            each.querySelectorAll(".import-field").forEach(function (field) {
                field.removeAttribute("aria-invalid");
                if (!field.value.trim()) {
                    found.push(wrong(field, field.closest(".import-unit") ?
                        text("Choose the unit") : text("Enter the value, or untick it")));
                }
            });
        });
        return found[0];
    }

    function confirmed(rows) {
        var handed = {answers: {}, units: {}};
        rows.forEach(function (each) {
            var key = each.dataset.feature;
            var value = each.querySelector(".import-value .import-field").value.trim();
            var unit = each.querySelector(".import-unit .import-field");
            if (key === "sex") {
                handed.sex = value;
            } else {
                handed.answers[key] = value;
                if (unit && key !== "chronological_age") { handed.units[key] = unit.value; }
            }
        });
        if (at("import-day").value) { handed.measured_on = at("import-day").value; }
        return handed;
    }

    function use() {
        var rows = ticked(), first = unfinished(rows);
        if (first) { first.focus(); return; }
        try {
            sessionStorage.setItem(KEPT, JSON.stringify(confirmed(rows)));
        } catch (error) {
            at("import-problem").textContent = text("Your browser keeps nothing for this page, so the values cannot be filled in. Allow it to store data for this site.");
            return;
        }
        window.dash_clientside.set_props("import-confirmed", {data: Date.now()});
    }

    function empty(answer) {
        return make("p", {"class": "import-none"}, answer.left.length ?
            text("No value was recognised. Assign the lines below, or type the values into the form.") :
            text("No value was found in it. Paste lines such as “Albumin 4.4 g/dL”."));
    }

    report.clear = function () {
        if (at("import-found")) { at("import-found").replaceChildren(); }
    };

    report.draw = function (answer) {
        known = answer.biomarkers;
        usual = answer.measured_on;
        var place = at("import-found");
        var button = make("button", {type: "button", id: "import-use", "class": "call primary"});
        button.addEventListener("click", use);
        place.replaceChildren.apply(place, head(answer));
        if (!answer.rows.length) { place.append(empty(answer)); }
        place.append(table(answer.rows));
        if (answer.left.length) { place.append(leftOver(answer.left)); }
        place.append(make("div", {"class": "import-actions"}, button));
        counted();
        at("import-told").textContent = window.agelens.ntext(
            "One value was found.", "{n} values were found.", answer.rows.length,
            {n: answer.rows.length});
        at("import-title").focus({preventScroll: true});
        at("import-title").scrollIntoView({block: "start"});
    };

    document.addEventListener("change", function (event) {
        var field = event.target, each = field.closest && field.closest("#import-rows tr");
        if (!each) { return; }
        if (field.classList.contains("import-what")) {
            var unit = each.querySelector(".import-unit .import-field");
            var value = each.querySelector(".import-value .import-field").value;
            fit(each, field.value, value, unitOf(field.value, unit ? unit.value : ""));
            each.querySelector("input[type=checkbox]").checked = true;
        }
        if (each.querySelector("input[type=checkbox]").checked) { alone(each); }
        counted();
    });
})();
