// The result page: one what-if question at a time; of those asked meanwhile only the latest counts.
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.agelens_result = (function () {
    "use strict";
    var PATIENCE_MS = 5000;  // after that an answer is not waited for: it may have been lost
    var visit = null, busy = 0, waiting = null, last = "{}", untouched = true;

    function ask(change) {
        if (Date.now() - busy < PATIENCE_MS) {
            waiting = change;
            return;
        }
        busy = Date.now();
        waiting = null;
        last = JSON.stringify(change);
        window.dash_clientside.set_props("result-asked", {data: change});
    }

    function arrive(factors) {
        if (factors.visit !== visit) {
            visit = factors.visit;
            busy = 0;
            waiting = null;
            last = "{}";
            untouched = true;
        }
    }

    // Written past Dash: these follow the thumb, and each of its updates costs many milliseconds.
    function tell(feature, text, isStart) {
        document.getElementById("result-value-" + feature).textContent = text;
        document.getElementById("result-reset-" + feature).hidden = isStart;
    }

    function byFeature(ids, given) {
        var found = {};
        ids.forEach(function (id, place) { found[id.feature] = given[place]; });
        return found;
    }

    function written(value, start) {
        if (value === start.value) {
            return start.text;
        }
        if (typeof value !== "number") {
            return start.text + " → " + value;
        }
        var shown = value.toFixed(start.decimals).replace("-", "\u2212");
        var gap = start.unit === "%" ? "\u00a0" : " ";  // no line breaks before it
        return start.text + " → " + (shown + gap + start.unit).trim();
    }

    return {
        moved: function (sliders, choices, sliderIds, choiceIds, starts, startIds, factors) {
            var now = Object.assign(byFeature(sliderIds, sliders), byFeature(choiceIds, choices));
            var change = {};
            arrive(factors);
            startIds.forEach(function (id, place) {
                if (now[id.feature] !== starts[place].value) {
                    change[id.feature] = now[id.feature];
                }
            });
            if (JSON.stringify(change) !== (waiting ? JSON.stringify(waiting) : last)) {
                ask(change);
            }
            startIds.forEach(function (id, place) {
                tell(id.feature, written(now[id.feature], starts[place]), !(id.feature in change));
            });
            if (untouched !== (Object.keys(change).length === 0)) {
                untouched = !untouched;
                window.dash_clientside.set_props("result-reset-all", {disabled: untouched});
            }
        },

        answered: function () {
            busy = 0;
            if (waiting) {
                ask(waiting);
            }
        },

        reset: function (_clicks, _all, sliderIds, choiceIds, starts, startIds) {
            var context = window.dash_clientside.callback_context;
            var start = byFeature(startIds, starts);
            var one = context.triggered_id && context.triggered_id.feature;
            function back(ids) {
                return ids.map(function (id) {
                    return !one || id.feature === one ?
                        start[id.feature].value : window.dash_clientside.no_update;
                });
            }
            return [back(sliderIds), back(choiceIds)];
        },

        print: function (clicks) {
            if (clicks) {
                window.print();
            }
        },

        ask: function () {
            return window.dash_clientside.callback_context.triggered_id === "result-delete";
        },
    };
})();
