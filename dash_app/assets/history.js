// Filtering, choosing two results, and opening one: addresses, so that back and reload work.
(function () {
    "use strict";

    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.agelens_history = {
        filter: function (status, model) {
            var chosen = new URLSearchParams();
            if (status) { chosen.set("status", status); }
            if (model) { chosen.set("model", model); }
            var search = chosen.toString() ? "?" + chosen : "";
            return search === window.location.search ? window.dash_clientside.no_update : search;
        },

        pick: function () {
            var rows = window.dash_clientside.callback_context.inputs_list[0] || [];
            var picked = rows.filter(function (row) { return row.value; })
                .map(function (row) { return row.id; });
            var units = new Set(picked.map(function (id) { return id.unit; }));
            var words = "Two results are selected.";
            if (picked.length === 1) {
                words = "Select one more result to compare.";
            } else if (picked.length > 2) {
                words = "Select only two results to compare.";
            } else if (units.size > 1) {
                words = "These are in different units (" + Array.from(units).join(", ") +
                    ") and cannot be compared.";
            }
            var ready = picked.length === 2 && units.size === 1;
            return [picked.length === 0, words, !ready, picked.map(function (id) { return id.task; })];
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
            return custom ? "/results/" + custom[0] : window.dash_clientside.no_update;
        },
    };
})();
