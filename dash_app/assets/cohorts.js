// Cohorts: which columns are what, gathered from the choices; a file's way in is in cohorts_upload.js.
(function () {
    "use strict";
    window.dash_clientside = window.dash_clientside || {};
    var none = window.dash_clientside.no_update;
    var IGNORED = "ignored";
    var PATIENCE_MS = 10000;
    var seen = null;
    var recalling = null;  // until the table is drawn again, its choices are those from before

    function set(kind, place, props) {
        window.dash_clientside.set_props({type: "cohorts-" + kind, place: place}, props);
    }

    function kept(cohort) {
        return "agelens-cohort-" + cohort;
    }

    // A page that cannot keep anything asks again after a reload.
    function keep(cohort, options) {
        try {
            window.sessionStorage.setItem(kept(cohort), JSON.stringify(options));
        } catch (error) {
            return;
        }
    }

    function recalled(cohort) {
        try {
            return JSON.parse(window.sessionStorage.getItem(kept(cohort)));
        } catch (error) {
            return null;
        }
    }

    function same(one, other) {
        function plain(options) {
            return JSON.stringify([options.model, options.columns, options.id_column,
                Object.entries(options.mapping).sort(), Object.entries(options.units).sort(),
                Object.entries(options.values || {}).map(function (each) {
                    return [each[0], Object.entries(each[1]).sort()];
                }).sort()]);
        }
        return plain(one) === plain(other);
    }

    // Which column has another feature than before; none when the table was only drawn.
    function changed(features, known, cohort) {
        var is = seen && seen.of === cohort && seen.draw === known.draw;
        var before = is ? seen.features : known.values;
        return features.findIndex(function (value, row) { return value !== before[row]; });
    }

    // A feature has one column: whoever had it before is ignored from now on.
    function takeOver(place, features, places) {
        features.forEach(function (value, row) {
            if (row !== place && value === features[place] && value !== IGNORED) {
                features[row] = IGNORED;
                set("feature", places[row], {value: IGNORED});
                set("unit", places[row], {data: [], value: null, disabled: true, style: {display: "none"}});
            }
        });
    }

    function offerUnits(row, features, units, known) {
        var accepted = known.units[features[row]] || [];
        var recognised = known.recognised[row];
        var unit = recognised.value === features[row] ? recognised.unit : (accepted[0] || {value: null}).value;
        var offered = accepted.length || !unit ? accepted : [{value: unit, label: unit}];
        units[row] = unit;
        set("unit", known.places[row], {
            data: offered,
            value: unit,
            disabled: accepted.length === 0,
            style: unit ? {} : {display: "none"},
        });
    }

    // What differs from what the names of the columns say by themselves.
    function matched(features, units, known, options) {
        features.forEach(function (value, row) {
            var recognised = known.recognised[row];
            if (value === recognised.value && (units[row] || null) === (recognised.unit || null)) {
                return;
            }
            options.mapping[known.columns[row]] = value;
            if ((known.units[value] || []).length) {
                options.units[value] = units[row] || known.units[value][0].value;
            }
        });
        return options;
    }

    // Whoever goes to a choice that can be searched begins anew, not behind what is chosen.
    document.addEventListener("click", function (event) {
        if (event.target.matches(".cohorts-matching input, #cohorts-id-column")) {
            event.target.select();
        }
    });

    document.addEventListener("click", function (event) {
        var button = event.target.closest(".cohorts-accept");
        if (button) {
            window.dash_clientside.set_props("cohorts-taken",
                {data: {places: button.dataset.places.split(" ").map(Number), at: Date.now()}});
        }
    });

    window.dash_clientside.agelens_cohorts = Object.assign(window.dash_clientside.agelens_cohorts || {}, {
        gather: function (clock, naming, id, features, units, ids, known, before, cohort) {
            var options = {model: clock, columns: naming, mapping: {}, units: {},
                id_column: id || null, values: before.values || {}, draw: before.draw};
            var otherNames = naming !== before.columns;
            if (recalling !== null && known.draw < recalling) {
                return none;
            }
            recalling = null;
            if (clock !== before.model || otherNames) {
                options.draw += 1;
                if (!otherNames) {  // what was matched by hand holds for another clock too
                    options.mapping = before.mapping;
                    options.units = before.units;
                }
            } else if (known.draw < before.draw) {
                return none;
            } else {
                features = features.slice();
                var row = changed(features, known, cohort);
                units = units.slice();
                if (row >= 0) {
                    takeOver(row, features, known.places);
                    offerUnits(row, features, units, known);
                }
                seen = {of: cohort, draw: known.draw, features: features};
                matched(features, units, known, options);
            }
            if (same(options, before)) {
                return none;
            }
            keep(cohort, options);
            return options;
        },

        // Suggested columns or units, one or all of a kind: as if they had been chosen in the table.
        accept: function (clicked, suggested, before, cohort) {
            if (!clicked || !suggested.length) {
                return none;
            }
            var taken = clicked.places.map(function (place) { return suggested[place]; }).filter(Boolean);
            var options = Object.assign({}, before, {
                mapping: Object.assign({}, before.mapping),
                units: Object.assign({}, before.units),
                draw: before.draw + 1,
            });
            taken.forEach(function (each) {
                options.mapping[each.column] = each.feature;
                if (each.unit) { options.units[each.feature] = each.unit; }
            });
            keep(cohort, options);
            return options;
        },

        // What codes stand for, column by column.
        decode: function (meanings, known, before, cohort) {
            var values = {};
            meanings.forEach(function (meant, place) {
                if (known[place] && meant !== null && meant !== undefined) {
                    var column = known[place].column;
                    values[column] = values[column] || {};
                    values[column][known[place].code] = meant;
                }
            });
            var options = Object.assign({}, before, {values: values});
            if (!meanings.length || same(options, before)) {
                return none;
            }
            keep(cohort, options);
            return options;
        },

        // After a reload, or back from the wallet: as it was matched before.
        recall: function (cohort, now) {
            var options = cohort && recalled(cohort);
            if (!options || same(options, now)) {
                return none;
            }
            recalling = now.draw + 1;
            window.setTimeout(function () { recalling = null; }, PATIENCE_MS);
            window.dash_clientside.set_props("cohorts-clock", {value: options.model});
            window.dash_clientside.set_props("cohorts-naming", {value: options.columns});
            window.dash_clientside.set_props("cohorts-id-column", {value: options.id_column || ""});
            return Object.assign({}, options, {draw: recalling});
        },

        ask: function () {
            return window.dash_clientside.callback_context.triggered_id === "cohorts-delete";
        },

        go: function (place) {
            return place && window.location.pathname === "/cohorts" ? place : none;
        },
    });
})();
