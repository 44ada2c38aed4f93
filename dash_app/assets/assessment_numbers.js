// The form of a new assessment: parses numbers and units, and validates them.
// Every range and unit comes from the page's schema store; the service remains the judge.
(function () {
    "use strict";
    var form = window.agelens_form = window.agelens_form || {};
    var NUMBER = /^[-+]?(\d+[.,]?\d*|[.,]\d+)(e[-+]?\d+)?$/i;
    var THOUSANDS = /^[-+\u2212]?\d{1,3}( \d{3})+([.,]\d*)?$/;
    var COMMAS = /^[-+\u2212]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/;
    var LIMIT = /^(?:[<>]=?|\u2264|\u2265)\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?)$/i;
    function noNumber() { return window.agelens.text("Enter a number, such as 1.5 or 1,5."); }

    // As number_text.parse_number parses it; NaN when it is no number.
    function number(text) {
        var plain = text.replace(/[\u00a0\u2009\u202f]/g, " ").trim();
        if (COMMAS.test(plain)) { return NaN; }
        if (THOUSANDS.test(plain)) { plain = plain.replace(/ /g, ""); }
        plain = plain.replace(/\u2212/g, "-");
        return NUMBER.test(plain) ? Number(plain.replace(",", ".")) : NaN;
    }

    // What the service says of text that people take for a number: 1,000 could mean two.
    function advice(text) {
        var plain = text.trim(), limit = LIMIT.exec(plain);
        var shown = plain.length > 20 ? plain.slice(0, 19) + "\u2026" : plain;
        if (COMMAS.test(plain)) {
            var pointed = plain.replace(/,/g, "."), bare = plain.replace(/,/g, "");
            return NUMBER.test(pointed) ?
                window.agelens.text(
                    "Must be a number without commas, {number} or {other} (\"{typed}\").",
                    {number: bare, other: pointed, typed: shown}) :
                window.agelens.text("Must be a number without commas, {number} (\"{typed}\").",
                    {number: bare, typed: shown});
        }
        return limit ? window.agelens.text(
            "Must be a number, not a limit; {number} can stand for it (\"{typed}\").",
            {number: limit[1], typed: shown}) : "";
    }

    function within(value, unit, range) {
        var canonical = value * unit.factor + unit.offset;
        return canonical >= range[0] && canonical <= range[1];
    }

    function fits(field, unit, value) {
        return within(value, unit, field.plausible);
    }

    // By its name, or as it is printed: a selector's text on the screen is that.
    function unitOf(field, name) {
        return field.units.find(function (unit) {
            return unit.unit === name || unit.printed === name;
        }) || field.units[0];
    }

    // Another unit in which a number that is unusual, or impossible, would be usual.
    function fitting(field, name, text) {
        var value = number(text), range = field.typical || field.plausible;
        if (!range || isNaN(value) || within(value, unitOf(field, name), range)) { return null; }
        return field.units.find(function (unit) {
            return unit.unit !== unitOf(field, name).unit && within(value, unit, range);
        }) || null;
    }

    // Another quantity of the same name, in its own unit, of which an unusual number is usual.
    function mistaken(field, unit, value) {
        var range = field.typical;
        if (!range || unit !== field.units[0] || within(value, unit, range)) { return null; }
        return field.mistaken_for.find(function (other) {
            return value >= other.range[0] && value <= other.range[1];
        }) || null;
    }

    function short(value) {
        return window.agelens.written(String(Number(value.toPrecision(6))));
    }

    function complaint(field, name, text) {
        var value = number(text), unit = unitOf(field, name);
        if (isNaN(value)) { return advice(text) || noNumber(); }
        if (!field.plausible) { return ""; }
        var other = mistaken(field, unit, value), better = fitting(field, name, text);
        if (fits(field, unit, value)) {
            return other ? window.agelens.text(
                "{value} looks like {other}, not like {unit}; {advice}.", {
                    value: short(value), other: other.name, unit: unit.printed,
                    advice: other.advice,
                }) : "";
        }
        // "150 years", in some languages, has another word for every number
        var written = unit.unit === "years" ? text.trim() : text.trim() + " " + unit.printed;
        return outside(written, unit.range, better, other);
    }

    function outside(value, range, better, other) {
        if (better) {
            return window.agelens.text("{value} is outside {range}. Did you mean {unit}?",
                {value: value, range: range, unit: better.printed});
        }
        return other ? window.agelens.text(
            "{value} is outside {range}. It looks like {other}; {advice}.",
            {value: value, range: range, other: other.name, advice: other.advice}) :
            window.agelens.text("{value} is outside {range}.", {value: value, range: range});
    }

    // The service's warning about a number that it takes.
    function unusual(field, name, text) {
        var value = number(text), unit = field.typical && unitOf(field, name);
        if (!unit || isNaN(value) || complaint(field, name, text) ||
            within(value, unit, field.typical)) { return ""; }
        var better = fitting(field, name, text);
        if (better) {
            return window.agelens.text(
                "{label} {value} looks like {other}; it was read as {unit}.", {
                    label: field.label, value: short(value), other: better.printed,
                    unit: unit.printed,
                });
        }
        var said = {
            label: field.label, value: (short(value) + " " + unit.printed).trim(),
            typical: unit.typical, other: field.instead,
        };
        return field.instead ? window.agelens.text(
            "{label} {value} is unusual: nearly all adults are {typical}; is it {other}?", said) :
            window.agelens.text("{label} {value} is unusual: nearly all adults are {typical}.", said);
    }

    function usual(field, country) {
        return (field.units.find(function (unit) {
            return unit.countries.indexOf(country) >= 0;
        }) || field.units[0]).unit;
    }

    form.unitOf = unitOf;
    form.usual = usual;
    form.fitting = fitting;
    form.complaint = complaint;
    form.unusual = unusual;
})();
