// The form of a new assessment: what Dash calls. The other assessment_*.js do the work;
// they meet in `window.agelens_form`, whichever of them comes first. What is typed never passes
// through Dash's callbacks, so that typing cannot wait for them.
(function () {
    "use strict";
    var form = window.agelens_form = window.agelens_form || {};
    var DOUBLE_CLICK = 700;  // milliseconds

    function same() { return window.dash_clientside.no_update; }

    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.agelens_assessment = {
        // The page is there; the answer is the attempt's nonce.
        arrive: function (schema) {
            return schema && schema.form !== form.live.form ? form.arrive(schema) : same();
        },

        // The API has checked what was typed.
        heard: function (heard) {
            if (!heard || !form.live.schema) { return same(); }
            form.hearCheck(heard);
            return heard.away || "";
        },

        // The API has refused what was sent, or a draft is known to be wrong.
        told: function (told) {
            if (told && form.live.schema) { form.hearRefusal(told); }
            return same();
        },

        country: function (country) {
            if (form.live.schema && country && country !== form.live.country) {
                form.goTo(country);
            }
            return same();
        },

        birthKnown: function (known) {
            if (known !== null && known !== undefined && form.live.schema) {
                form.live.hasBirth = known;
                form.askSoon(0);
            }
            return same();
        },

        // What stands in the fields on the screen.
        read: function (clicks) {
            var now = Date.now(), again = now - (form.live.read || 0) < DOUBLE_CLICK;
            if (!clicks || !form.live.schema || again) { return same(); }
            form.live.read = now;
            return Object.assign({at: now}, form.collected());
        },

        countries: function (_id, data) {
            var names = new Intl.DisplayNames([window.agelens.language()], {type: "region"});
            return data.map(function (one) {
                var elsewhere = one.value === "ZZ";
                var label = elsewhere ? window.agelens.text("Elsewhere") : names.of(one.value);
                return {value: one.value, label: label};
            }).sort(function (a, b) {
                return (b.value === "ZZ") - (a.value === "ZZ") || a.label.localeCompare(b.label);
            });
        },

        saved: function (children, draft) {
            if (!children || !draft) { return same(); }
            form.store(form.live.place, null);
            form.live.place = form.live.place.split(":")[0] + ":" + draft;
            form.live.base = form.copy(form.live.typed);
            form.live.baseContext = form.live.context.slice();
            form.live.baseWanted = form.copy(form.live.wanted);
            form.live.read = 0;
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
            if (!sent) { return same(); }
            form.store(form.live.place, null);
            form.live = {};
            // a draft is no more: the way back leads to an empty form
            window.history.replaceState(window.history.state, "", "/new");
            return sent.to;
        },
    };
    form.same = same;
})();
