// The form of a new assessment: parses numbers and units, and validates them.
// Every range and unit comes from the page's schema store; the service remains the judge.
(function () {
    "use strict";
    var form = window.agelens_form = window.agelens_form || {};
    var NUMBER = /^[-+]?(\d+[.,]?\d*|[.,]\d+)(e[-+]?\d+)?$/i;
    var THOUSANDS = /^[-+\u2212]?\d{1,3}( \d{3})+([.,]\d*)?$/;
    var NO_NUMBER = "Enter a number, such as 1.5 or 1,5.";

    // As number_text.parse_number parses it; NaN when it is no number.
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

    // By its name, or as it is printed: a selector's text on the screen is that.
    function unitOf(field, name) {
        return field.units.find(function (unit) {
            return unit.unit === name || unit.printed === name;
        }) || field.units[0];
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
            (better ? " Did you mean " + better.printed + "?" : "");
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
})();
