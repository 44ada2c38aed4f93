// A file on its way to the service: chosen or dropped, sent as it is, with its progress.
(function () {
    "use strict";
    var TOLD_EVERY = 25;  // percent: whoever listens is not told each one
    // The page may be left and opened again meanwhile: what is under way is drawn from these.
    var sending = null, chosen = null, sent = null;

    function at(id) {
        return document.getElementById(id);
    }

    function say(id, words) {
        if (at(id)) { at(id).textContent = words; }
    }

    function value(id) {
        return at(id) ? at(id).value.trim() : "";
    }

    function show(id, shown) {
        if (at(id)) { at(id).classList.toggle("unasked", !shown); }
    }

    function size(bytes) {
        var units = ["bytes", "kB", "MB", "GB"], power = 0;
        while (bytes >= 1000 && power < 3) { bytes /= 1000; power += 1; }
        return agelens.number(bytes, power ? 1 : 0) + " " + units[power];
    }

    function enable(ready) {
        if (at("cohorts-upload")) {
            window.dash_clientside.set_props("cohorts-upload", {disabled: !ready});
        }
    }

    function refusal(file, place) {
        var endings = place.dataset.accept.split(",");
        var name = file.name.toLowerCase();
        if (!endings.some(function (ending) { return name.endsWith(ending); })) {
            return agelens.text("Choose a file that ends in {endings}.", {endings: endings.join(", ")});
        }
        if (file.size > Number(place.dataset.most)) {
            return agelens.text("The file is {size}; the limit is {limit}.",
                {size: size(file.size), limit: place.dataset.limit});
        }
        return file.size ? "" : agelens.text("The file is empty.");
    }

    function choose(file) {
        var place = at("cohorts-chooser");
        if (!file || !place || sending) { return; }
        var wrong = refusal(file, place);
        chosen = wrong ? null : file;
        say("cohorts-upload-answer", wrong);
        say("cohorts-chosen", file.name + ", " + size(file.size));
        enable(!wrong);
    }

    function field(place) {
        var label = document.createElement("label");
        label.className = "cohorts-label";
        label.htmlFor = "cohorts-file";
        label.textContent = agelens.text("Choose a file, or drop one here");
        var input = document.createElement("input");
        input.type = "file";
        input.id = "cohorts-file";
        input.accept = place.dataset.accept;
        input.setAttribute("aria-describedby", "cohorts-limits cohorts-chosen cohorts-upload-answer");
        var words = document.createElement("p");
        words.id = "cohorts-chosen";
        place.append(label, input, words);
    }

    function csrf() {
        var pair = document.cookie.split("; ").find(function (each) {
            return each.indexOf("_csrf_token=") === 0;
        });
        return pair ? decodeURIComponent(pair.slice("_csrf_token=".length)) : "";
    }

    function arrived() {
        return sent !== null && sent.loaded === sent.total;
    }

    function draw() {
        var percent = sent && sent.total ? Math.floor(100 * sent.loaded / sent.total) : 0;
        var bar = document.querySelector("#cohorts-upload-progress progress");
        if (!bar) { return; }
        show("cohorts-upload-progress", true);
        show("cohorts-upload-stop", !arrived());  // what has arrived is kept: nothing to stop
        if (arrived()) { bar.removeAttribute("value"); } else { bar.value = percent; }
        if (sent) {
            say("cohorts-upload-amount", arrived() ? agelens.text("Reading the file …") :
                agelens.text("{percent} % of {size}", {percent: percent, size: size(sent.total)}));
        }
        if (arrived() || percent % TOLD_EVERY === 0) {
            say("cohorts-upload-told",
                arrived() ? agelens.text("Reading the file.") :
                    agelens.text("{percent} percent sent", {percent: percent}));
        }
    }

    function progressed(event) {
        sent = {loaded: event.loaded, total: event.total};
        draw();
    }

    function over(words) {
        sending = null;
        sent = null;
        show("cohorts-upload-progress", false);
        show("cohorts-upload-stop", false);
        say("cohorts-upload-answer", words || "");
        say("cohorts-upload-told", "");
        enable(Boolean(chosen));
    }

    // What is asked for stands in a part of the form that is closed.
    function openLayout(answer) {
        var place = document.querySelector(".cohorts-layout");
        if (place && answer.layout) { place.open = true; }
    }

    function answered(request) {
        var answer = {};
        try { answer = JSON.parse(request.responseText); } catch (error) { answer = {}; }
        if (answer.login) {
            sending = null;  // or the page asks whether it may be left
            window.location.assign("/login?next=/cohorts");
        } else if (answer.place) {
            chosen = null;
            over();
            if (at("cohorts-chooser")) {  // elsewhere nobody is taken away; the list has it
                window.dash_clientside.set_props("cohorts-uploaded", {data: answer.place});
            }
        } else {
            over(answer.message || agelens.text("The file was not accepted. Reload this page and try again."));
            openLayout(answer);
        }
    }

    function send(model) {
        var request = new XMLHttpRequest();
        var asked = new URLSearchParams({name: chosen.name, model: model || "",
            sheet: value("cohorts-sheet"), header_row: value("cohorts-header-row")});
        sending = request;
        request.open("POST", "/cohorts/upload?" + asked);
        request.setRequestHeader("X-CSRFToken", csrf());
        request.setRequestHeader("Content-Type", "application/octet-stream");
        request.upload.addEventListener("progress", progressed);
        request.addEventListener("load", function () { answered(request); });
        request.addEventListener("error", function () {
            over(arrived() ?
                agelens.text("The connection was lost after the file had arrived. Reload this page; if the file is not listed below, upload it again.") :
                agelens.text("The connection was lost. Nothing was saved; try again."));
        });
        request.addEventListener("abort", function () { over(agelens.text("Upload stopped. Nothing was saved.")); });
        say("cohorts-upload-answer", "");
        say("cohorts-upload-amount", "");
        sent = null;
        draw();
        enable(false);
        request.send(chosen);
    }

    var model = null;

    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.agelens_cohorts = Object.assign(window.dash_clientside.agelens_cohorts || {}, {
        // The page is there, or a choice has changed.
        ready: function (clock, columns) {
            var place = at("cohorts-chooser");
            if (place && !at("cohorts-file")) {
                field(place);
                if (sending) {
                    say("cohorts-chosen", chosen.name + ", " + size(chosen.size));
                    draw();
                } else {
                    chosen = null;
                }
            }
            model = clock;
            return "/cohorts/template?" + new URLSearchParams({model: clock || "", columns: columns});
        },
    });

    document.addEventListener("click", function (event) {
        if (event.target.closest("#cohorts-upload") && chosen && !sending) {
            send(model);
        } else if (event.target.closest("#cohorts-upload-stop") && sending) {
            sending.abort();
        }
    });

    document.addEventListener("change", function (event) {
        if (event.target.id === "cohorts-file") { choose(event.target.files[0]); }
    });

    ["dragenter", "dragover", "dragleave", "drop"].forEach(function (kind) {
        document.addEventListener(kind, function (event) {
            var place = event.target.closest && event.target.closest("#cohorts-drop");
            if (!place) { return; }
            event.preventDefault();
            place.classList.toggle("over", kind === "dragenter" || kind === "dragover");
            if (kind === "drop") {
                if (at("cohorts-file")) { at("cohorts-file").value = ""; }
                choose(event.dataTransfer.files[0]);
            }
        });
    });

    window.addEventListener("beforeunload", function (event) {
        if (sending) { event.preventDefault(); }
    });
})();
