// The result page: one what-if question at a time; of those asked meanwhile only the latest counts.
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.agelens_result = (function () {
    var visit = null, busy = false, waiting = null, last = "{}", untouched = true, shown = {};

    function ask(change) {
        if (busy) {
            waiting = change;
            return;
        }
        busy = true;
        last = JSON.stringify(change);
        window.dash_clientside.set_props("result-asked", {data: change});
    }

    function arrive(factors) {
        if (factors.visit !== visit) {
            visit = factors.visit;
            busy = false;
            waiting = null;
            last = "{}";
            untouched = true;
            shown = {};
        }
    }

    // Only what differs from what stands there: each of these draws something again.
    function tell(feature, text, isStart) {
        if (shown[feature] === text || (isStart && !(feature in shown))) {
            return;
        }
        shown[feature] = text;
        window.dash_clientside.set_props({type: "result-value", feature: feature}, {children: text});
        window.dash_clientside.set_props({type: "result-reset", feature: feature}, {disabled: isStart});
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
        return start.text + " → " + (shown + " " + start.unit).trim();
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

        answered: function (isBusy) {
            if (isBusy !== false) {
                return;
            }
            busy = false;
            if (waiting) {
                var next = waiting;
                waiting = null;
                ask(next);
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
