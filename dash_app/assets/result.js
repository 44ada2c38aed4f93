// The what-if workbench: one question at a time; of those asked meanwhile only the latest counts.
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.agelens_result = (function () {
    "use strict";
    var PATIENCE_MS = 5000;  // after that an answer is not waited for: it may have been lost
    var COMMAS = /^[1-9]\d{0,2}(,\d{3})+$/;  // a thousand, or one with three decimals
    var NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)$/;
    var visit = null, busy = 0, waiting = null, last = "{}", untouched = true;
    var values = {}, curves = {};

    function part(name, feature) {
        return document.getElementById("result-" + name + "-" + feature);
    }

    function set(id, props) {
        window.dash_clientside.set_props(id, props);
    }

    function ask(change) {
        if (Date.now() - busy < PATIENCE_MS) {
            waiting = change;
            return;
        }
        busy = Date.now();
        waiting = null;
        last = JSON.stringify(change);
        set("result-asked", {data: change});
    }

    function arrive(factors) {
        if (factors.visit !== visit) {
            visit = factors.visit;
            busy = 0;
            waiting = null;
            last = "{}";
            untouched = true;
            values = {};
            curves = {};
        }
    }

    // Curves are asked for when the workbench comes near, and not while the page loads.
    function watch(section) {
        var observer = new IntersectionObserver(function (entries) {
            if (entries.some(function (entry) { return entry.isIntersecting; })) {
                observer.disconnect();
                set("result-curves-asked", {data: visit});
            }
        }, {rootMargin: "200px"});
        observer.observe(section);
    }

    function byFeature(ids, given) {
        var found = {};
        ids.forEach(function (id, place) { found[id.feature] = given[place]; });
        return found;
    }

    // Written past Dash: these follow the thumb, and each of its updates costs many milliseconds.
    function tell(feature, value, start) {
        var box = part("typed", feature);
        part("was", feature).hidden = value === start.value;
        if (box && document.activeElement !== box) {
            box.value = typed(value, start);
            box.removeAttribute("aria-invalid");
        }
        mark(feature, value);
    }

    function typed(value, start) {
        return value === start.value ?
            start.typed : window.agelens.written(digits(value, start.decimals));
    }

    function digits(value, decimals) {
        var short = value.toFixed(decimals);  // more where more were typed
        return Math.abs(Number(short) - value) < 1e-9 ? short : String(Number(value.toPrecision(9)));
    }

    // The mark on the curve stands where the thumb is.
    function mark(feature, value) {
        var curve = curves[feature], track = part("track", feature);
        var dot = track && track.querySelector("i");
        if (!curve || !dot) {
            return;
        }
        var ends = slider(feature);
        var x = (value - ends.low) / (ends.high - ends.low || 1);
        var after = curve.x.findIndex(function (each) { return each >= x; });
        var y = curve.y[after < 0 ? curve.y.length - 1 : after];
        if (after > 0) {
            var x0 = curve.x[after - 1], y0 = curve.y[after - 1];
            y = y0 + (y - y0) * (x - x0) / (curve.x[after] - x0 || 1);
        }
        dot.style.left = 100 * x + "%";
        dot.style.top = 100 * y + "%";
    }

    function slider(feature) {
        return window.agelens_result_sliders[feature];
    }

    // A typed number moves the slider; what is none, or beyond its ends, is told where it stands.
    function enter(event) {
        var box = event.target;
        if (!box.id || box.id.indexOf("result-typed-") !== 0) {
            return;
        }
        var feature = box.id.slice("result-typed-".length);
        var text = box.value.replace(/[\s\u00a0\u202f]/g, "").replace("\u2212", "-");
        var plain = text.replace(",", ".");
        var wrong = COMMAS.test(text) || !NUMBER.test(plain);
        var ends = slider(feature), start = ends.start;
        var value = Math.min(ends.high, Math.max(ends.low, Number(plain)));
        if (wrong) {
            box.setAttribute("aria-invalid", "true");
            return;
        }
        box.removeAttribute("aria-invalid");
        if (box.value === start.typed) {
            value = start.value;
        }
        box.value = typed(value, start);
        set({type: "result-slider", feature: feature}, {value: value});
    }

    document.addEventListener("change", enter);
    document.addEventListener("keydown", function (event) {
        if (event.key === "Enter") {
            enter(event);
        }
    });

    function draw(answer) {
        var number = document.getElementById("result-new-age");
        var change = document.getElementById("result-change");
        if (answer.error) {
            change.textContent = answer.error;
            change.className = "workbench-change older";
            return;
        }
        number.textContent = answer.number;
        change.textContent = answer.change;
        change.className = "workbench-change " + answer.kind;
        document.getElementById("result-told").textContent = answer.spoken;
        bars(answer);
    }

    // The axis only ever grows: bars that nobody moved stay as they are while one is moved.
    function bars(answer) {
        var chart = document.getElementById("result-changed");
        var low = Math.min(answer.axis[0], Number(chart.style.getPropertyValue("--low")));
        var high = Math.max(answer.axis[1], Number(chart.style.getPropertyValue("--high")));
        chart.style.setProperty("--low", low);
        chart.style.setProperty("--high", high);
        answer.rows.forEach(function (told, place) {
            var row = chart.tBodies[0].rows[place];
            row.style.setProperty("--after", told.after);
            row.className = told.kind;
            row.cells[2].textContent = told.text;
        });
    }

    return {
        arrived: function (factors) {
            var section = document.getElementById("result-what-if");
            if (factors && section) {
                arrive(factors);
                window.agelens_result_sliders = factors.sliders;
                watch(section);
            }
            return window.dash_clientside.no_update;
        },

        moved: function (sliders, choices, sliderIds, choiceIds, starting, startIds, factors) {
            var change = {};
            arrive(factors);
            var starts = byFeature(startIds, starting);
            values = Object.assign(byFeature(sliderIds, sliders), byFeature(choiceIds, choices));
            Object.keys(starts).forEach(function (feature) {
                if (values[feature] !== starts[feature].value) {
                    change[feature] = values[feature];
                }
            });
            if (JSON.stringify(change) !== (waiting ? JSON.stringify(waiting) : last)) {
                ask(change);
            }
            Object.keys(starts).forEach(function (feature) {
                tell(feature, values[feature], starts[feature]);
            });
            if (untouched !== (Object.keys(change).length === 0)) {
                untouched = !untouched;
                set("result-reset-all", {disabled: untouched});
            }
        },

        answered: function (answer) {
            if (answer && answer.visit === visit) {
                draw(answer);
                busy = 0;
                if (waiting) {
                    ask(waiting);
                }
            }
        },

        curves: function (found) {
            if (!found || found.visit !== visit) {
                return;
            }
            curves = found.curves;
            Object.keys(curves).forEach(function (feature) {
                var curve = curves[feature], track = part("track", feature);
                part("track-text", feature).textContent = curve.text;
                if (track) {
                    track.innerHTML = curve.svg + "<i></i>";
                    mark(feature, feature in values ? values[feature] : slider(feature).measured);
                }
            });
        },

        reset: function (_clicks, _all, sliderIds, choiceIds, starting, startIds) {
            var context = window.dash_clientside.callback_context;
            var start = byFeature(startIds, starting);
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
