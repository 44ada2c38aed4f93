// The form of a new assessment: fills its fields, with a way back.
(function () {
    "use strict";
    var form = window.agelens_form = window.agelens_form || {};

    function same() { return window.dash_clientside.no_update; }

    function features(list) {
        return list.map(function (one) { return one.id.feature; });
    }

    // What `fill` returns: fields from `typed`; those that it lacks are emptied, if `all`.
    function filled(lists, typed, all, notice) {
        function text(key) { return typed[key] ? typed[key].value : (all ? "" : same()); }
        function unit(key) { return typed[key] && typed[key].unit ? typed[key].unit : same(); }
        Object.keys(typed).forEach(function (key) { form.live.touched[key] = true; });
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
        var kept = form.stored(schema.place);
        var goesOn = schema.switched && form.live.place === schema.place;
        form.forget(schema.place.split(":")[0]);
        form.live = {
            form: schema.form,
            place: schema.place,
            base: goesOn ? form.live.base : form.copy(schema.initial),
            typed: goesOn ? form.live.typed : Object.assign(form.copy(schema.initial), kept.typed),
            nonce: goesOn ? form.live.nonce : (kept.nonce || form.nonce()),
            before: goesOn ? form.live.before : null,
            touched: {}, notes: {}, units: {}, texts: {}, told: {}, toldAt: {}, shown: {},
        };
        if (window.location.pathname + window.location.search !== schema.address) {
            window.history.replaceState(window.history.state, "", schema.address);
        }
        var notice = goesOn ? undefined : null;
        if (schema.offered) {
            form.live.before = {typed: form.live.typed, units: {}};
            form.live.typed = form.copy(schema.offered);
            notice = "Filled in from your earlier assessment.";
        }
        var result = filled(lists, form.live.typed, Boolean(schema.offered), notice);
        result[5] = form.live.nonce;
        return result;
    }

    // Everything in the form at once, with a way back.
    function replace(lists, typed, notice) {
        var live = form.live;
        var had = Object.keys(live.typed).some(function (key) { return live.typed[key].value; });
        live.before = {typed: form.copy(live.typed), units: form.copy(live.units)};
        live.typed = form.copy(typed);
        live.touched = {};
        var more = had ? " Your earlier entries were replaced." : "";
        return filled(lists, typed, true, notice + more);
    }

    function undo(lists) {
        var before = form.live.before || {typed: form.live.typed, units: {}};
        form.live.typed = before.typed;
        var result = filled(lists, before.typed, true, null);
        result[2] = features(lists[2]).map(function (key) { return before.units[key] || same(); });
        return result;
    }

    function goTo(schema, lists, country) {
        var numbers = 0, live = form.live;
        document.cookie = "agelens_units=" + country + "; path=/; max-age=31536000; samesite=lax";
        live.before = {typed: form.copy(live.typed), units: form.copy(live.units)};
        var units = features(lists[2]).map(function (key) {
            var unit = form.usual(schema.fields[key], country);
            if (unit === live.units[key]) { return same(); }
            if (live.typed[key] && live.typed[key].value) { numbers += 1; }
            return unit;
        });
        var result = filled(lists, {}, false, numbers
            ? "The units changed but your numbers did not. Please check them." : undefined);
        result[2] = units;
        return result;
    }

    form.same = same;
    form.features = features;
    form.filled = filled;
    form.arrive = arrive;
    form.replace = replace;
    form.undo = undo;
    form.goTo = goTo;
})();
