// The form of a new assessment: has the API check it while it is filled in.
(function () {
    "use strict";
    var form = window.agelens_form = window.agelens_form || {};
    var PAUSE = 350;  // milliseconds without a key
    var timer = null;

    // What stands in the form, as the server takes it.
    function collected() {
        var live = form.live, day = form.text(form.DAY);
        var found = {
            numbers: {}, choices: {}, units: {}, measured_on: null,
            context: live.context, wanted: live.wanted, has_birth_date: live.hasBirth,
        };
        Object.keys(live.schema.fields).forEach(function (key) {
            if (form.isChoice(key)) {
                var chosen = form.choices(key) ? form.checked(key) : form.text(key);
                if (chosen) { found.choices[key] = chosen; }
            } else if (form.text(key).trim()) {
                found.numbers[key] = form.text(key);
                if (live.schema.fields[key].units.length > 1) { found.units[key] = live.units[key]; }
            }
        });
        // the day that the form starts with is whichever day it is when it is sent
        if (day && day !== live.schema.today) { found.measured_on = day; }
        return found;
    }

    function ask() {
        var live = form.live;
        if (!live.schema) { return; }
        live.pending = false;
        var found = collected(), text = JSON.stringify(found);
        if (text === live.asked) { return; }
        live.asked = text;
        form.keys().forEach(function (key) { live.texts[key] = form.stamp(key); });
        window.dash_clientside.set_props("assessment-asked", {data: found});
    }

    function askSoon(pause) {
        window.clearTimeout(timer);
        form.live.pending = true;
        timer = window.setTimeout(ask, pause === undefined ? PAUSE : pause);
    }

    // The server has checked what the form starts with.
    function askIfNew(initial) {
        var live = form.live, known = JSON.parse(initial);
        var differs = JSON.stringify(live.wanted) !== JSON.stringify(live.baseWanted) ||
            JSON.stringify(live.context) !== JSON.stringify(live.baseContext) ||
            form.keys().some(function (key) {
                var given = known[key] || {value: ""}, typed = live.typed[key] || {value: ""};
                return given.value !== typed.value || (given.unit && given.unit !== typed.unit);
            });
        if (differs) {
            askSoon(0);
        }
    }

    function offerProfile(is) {
        form.live.remembers = is;
        window.dash_clientside.set_props("assessment-birth-box", {hidden: !is});
        remember();
    }

    // Into the profile, while the box is ticked.
    function remember() {
        var birth = form.part("value", form.BIRTH);
        if (!form.live.remembers) { return; }
        window.dash_clientside.set_props("assessment-remember-asked", {data: {
            sex: form.text(form.SEX), birth_date: birth ? birth.value : "", at: Date.now(),
        }});
    }

    document.addEventListener("change", function (event) {
        var chip = form.live.schema && event.target.closest("[data-assessment-clock]");
        if (!chip) { return; }
        form.live.wanted[chip.getAttribute("data-assessment-clock")] = event.target.checked;
        form.keep();
        askSoon(0);
    });

    form.collected = collected;
    form.askSoon = askSoon;
    form.askIfNew = askIfNew;
    form.offerProfile = offerProfile;
    form.remember = remember;
})();
