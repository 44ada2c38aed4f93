// Filtering, choosing two panels, opening one, showing and hiding clocks: addresses where possible,
// so that back and reload work.
(function () {
    "use strict";

    function words(picked, common) {
        if (picked.length === 1) {
            return agelens.text("Select one more to compare.");
        }
        if (picked.length > 2) {
            return agelens.text("Select only two to compare.");
        }
        return common ? agelens.text("Two are selected.")
            : agelens.text("These two have no clock in common and cannot be compared.");
    }

    function haveCommon(picked) {
        var first = picked[0].clocks.split(" ");
        return picked[1].clocks.split(" ").some(function (clock) { return first.includes(clock); });
    }

    function withSpan(layout, shown) {
        var needs = layout.meta[0];
        var ends = shown.map(function (name) { return needs.ends[name]; }).filter(Boolean);
        if (!ends.length) {
            return layout;
        }
        var low = Math.min.apply(null, ends.map(function (end) { return end[0]; }));
        var high = Math.max.apply(null, ends.map(function (end) { return end[1]; }));
        var half = Math.max(1.16 * (high - low), needs.least) / 2;
        var range = [(low + high) / 2 - half, (low + high) / 2 + half];
        return Object.assign({}, layout, {yaxis: Object.assign({}, layout.yaxis, {range: range})});
    }

    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.agelens_history = {
        filter: function (status, model, period) {
            var chosen = new URLSearchParams();
            if (status) { chosen.set("status", status); }
            if (model) { chosen.set("model", model); }
            if (period) { chosen.set("period", period); }
            var search = chosen.toString() ? "?" + chosen : "";
            return search === window.location.search ? window.dash_clientside.no_update : search;
        },

        pick: function () {
            var rows = window.dash_clientside.callback_context.inputs_list[0] || [];
            var picked = rows.filter(function (row) { return row.value; })
                .map(function (row) { return row.id; });
            var ready = picked.length === 2 && haveCommon(picked);
            return [picked.length === 0, picked.length ? words(picked, ready) : "", !ready,
                picked.map(function (id) { return id.task; })];
        },

        compare: function (clicks, picked) {
            if (!clicks || !picked || picked.length !== 2) {
                return window.dash_clientside.no_update;
            }
            return "/compare?" + new URLSearchParams({a: picked[0], b: picked[1]});
        },

        open: function (clicked) {
            var found = clicked.find(function (each) { return each && each.points.length; });
            var custom = found && found.points[0].customdata;
            return Array.isArray(custom) ? "/results/" + custom[0] : window.dash_clientside.no_update;
        },

        // A trace without the name of a clock, such as one's own age, is always there. The axis
        // follows what is shown, and is never narrower than the unit's least span.
        toggle: function (shown, figure) {
            if (!figure) {
                return window.dash_clientside.no_update;
            }
            var data = figure.data.map(function (trace) {
                return Object.assign({}, trace, {visible: !trace.meta || shown.includes(trace.meta)});
            });
            return Object.assign({}, figure, {data: data, layout: withSpan(figure.layout, shown)});
        },
    };
})();
