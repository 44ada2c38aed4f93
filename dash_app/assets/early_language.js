// Texts and numbers in the page's language; the index hands over the texts, English needs none.
(function () {
    "use strict";

    var plain = {decimal: ".", group: ",", plurals: ["one", "other"], texts: {}};
    var given;

    function spoken() {
        if (!given) {
            var element = document.getElementById("texts");
            given = element ? JSON.parse(element.textContent) : plain;
        }
        return given;
    }

    function language() {
        return document.documentElement.lang || "en";
    }

    function fill(text, values) {
        return text.replace(/\{(\w+)\}/g, function (whole, name) {
            return values && name in values ? String(values[name]) : whole;
        });
    }

    // Names of months and days, by which charts write dates.
    function names(days, options) {
        var format = new Intl.DateTimeFormat(language(), Object.assign({timeZone: "UTC"}, options));
        return days.map(function (day) { return format.format(day); });
    }

    function chartLocale() {
        var months = [], days = [];
        for (var place = 0; place < 12; place += 1) {
            months.push(Date.UTC(2023, place, 15));
            days.push(Date.UTC(2023, 0, 1 + place));  // a Sunday
        }
        days.length = 7;
        return {
            moduleType: "locale",
            name: "en-US",  // which charts ask for unless their figure says otherwise
            dictionary: {},
            format: {
                months: names(months, {month: "long"}),
                shortMonths: names(months, {month: "short"}),
                days: names(days, {weekday: "long"}),
                shortDays: names(days, {weekday: "short"}),
                decimal: spoken().decimal,
                thousands: spoken().group,
                date: "%d.%m.%Y",
            },
        };
    }

    window.agelens = {
        language: language,

        // How dates are written: in the browser's own English, where both are English.
        locale: function () {
            var same = navigator.languages.find(function (code) {
                return code.toLowerCase().split("-")[0] === language();
            });
            return same || (language() === "en" ? "en-GB" : language());
        },

        // agelens.text("Save {name}", {name: name})
        text: function (message, values) {
            return fill(spoken().texts[message] || message, values);
        },

        // agelens.ntext("{n} row", "{n} rows", rows, {n: rows})
        ntext: function (one, many, count, values) {
            var forms = spoken().texts[one] || [one, many];
            var kind = spoken().plurals.indexOf(new Intl.PluralRules(language()).select(count));
            return fill(forms[kind < 0 ? forms.length - 1 : kind], values);
        },

        // A number that is written with a point and commas, as the language writes it.
        written: function (text) {
            return text.replace(/[.,]/g, function (sign) {
                return sign === "." ? spoken().decimal : spoken().group;
            });
        },

        // agelens.number(1234.5, 1): 1,234.5
        number: function (value, places) {
            var options = {minimumFractionDigits: places || 0, maximumFractionDigits: places || 0};
            return window.agelens.written(value.toLocaleString("en-US", options));
        },
    };

    if (language() !== "en") {  // the charts' library takes it up when it loads
        window.PlotlyLocales = [chartLocale()];
    }
})();
