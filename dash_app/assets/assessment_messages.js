// The form of a new assessment: validation messages and hints beside its fields.
(function () {
    "use strict";
    var form = window.agelens_form = window.agelens_form || {};

    function button(key, better) {
        return {
            namespace: "dash_html_components", type: "Button", props: {
                children: "Switch to " + better.printed,
                type: "button", className: "assessment-switch",
                "data-assessment-switch": key, "data-unit": better.unit,
            },
        };
    }

    function error(schema, key, text, unit) {
        var field = schema.fields[key], live = form.live, told = "", said = "";
        if (live.told[key] && live.toldAt[key] === text + "|" + unit) { told = live.told[key]; }
        if (field.kind !== "choice" && text.trim() && (told || live.touched[key])) {
            said = form.complaint(field, unit, text);
        }
        said = said || told;
        if (!said) { return null; }
        var better = field.kind === "choice" ? null : form.fitting(field, unit, text);
        return better ? [said + " ", button(key, better)] : said;
    }

    function hint(schema, key, text, unit) {
        var known = form.unitOf(schema.fields[key], unit), live = form.live;
        if (live.texts[key] !== text) {
            delete live.notes[key];
        } else if (text.trim() && live.units[key] && live.units[key] !== unit) {
            live.notes[key] =
                "Now read as " + text.trim() + " " + known.printed + ". ";
        }
        var shown = (live.notes[key] || "") + known.hint;
        var unusual = form.unusual(schema.fields[key], unit, text);
        if (!unusual) { return shown; }
        var better = form.fitting(schema.fields[key], unit, text);
        var said = {
            namespace: "dash_html_components", type: "Span", props: {
                children: better ? [unusual + " ", button(key, better)] : unusual,
                className: "assessment-unusual",
            },
        };
        return [said, shown];
    }

    // Only what differs from what is shown, so that nothing else is drawn again.
    function news(kind, key, value) {
        var name = kind + key, text = JSON.stringify(value);
        if (form.live.shown[name] === text) { return form.same(); }
        form.live.shown[name] = text;
        return value;
    }

    function progress(schema) {
        var fields = schema.fields;
        var asked = Object.keys(fields).filter(function (key) { return fields[key].asked; });
        var done = asked.filter(function (key) {
            return form.live.typed[key] && form.live.typed[key].value.trim();
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
        form.live.told = told ? told.problems : {};
        form.live.read = 0;  // there is an answer: the next click is no double click
        Object.keys(now).forEach(function (key) {
            form.live.toldAt[key] = now[key].value + "|" + now[key].unit;
        });
        if (told && told.focus) {
            window.requestAnimationFrame(function () {
                var summary = document.getElementById("assessment-summary");
                if (summary) { summary.focus(); summary.scrollIntoView({block: "center"}); }
            });
        }
    }

    form.error = error;
    form.hint = hint;
    form.news = news;
    form.progress = progress;
    form.hear = hear;
})();
