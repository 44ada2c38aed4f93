// A report on its way: pasted, chosen or dropped, sent as it is, and read.
// report_import_table.js draws what was found; they meet in `window.agelens_import`.
(function () {
    "use strict";
    var report = window.agelens_import = window.agelens_import || {};
    var sending = null;

    function at(id) {
        return document.getElementById(id);
    }

    function csrf() {
        var pair = document.cookie.split("; ").find(function (each) {
            return each.indexOf("_csrf_token=") === 0;
        });
        return pair ? decodeURIComponent(pair.slice("_csrf_token=".length)) : "";
    }

    function say(words) {
        if (at("import-problem")) { at("import-problem").textContent = words; }
    }

    function busy(is) {
        if (at("import-ways")) { at("import-ways").setAttribute("aria-busy", String(is)); }
        if (at("import-read")) { window.dash_clientside.set_props("import-read", {loading: is}); }
        if (is && at("import-told")) {
            at("import-told").textContent = window.agelens.text("Reading the report.");
        }
    }

    function answered(request) {
        var answer = {};
        try { answer = JSON.parse(request.responseText); } catch (error) { answer = {}; }
        if (answer.login) {
            window.location.assign("/login?next=/import");
        } else if (answer.rows && at("import-found")) {
            report.draw(answer);
        } else {
            say(answer.message ||
                window.agelens.text("The report was not accepted. Reload this page and try again."));
        }
    }

    // Latest wins: who chooses another file does not wait for the first one.
    function send(content) {
        if (sending) { sending.abort(); }
        var request = new XMLHttpRequest();
        sending = request;
        function over(then) {
            return function () {
                if (sending !== request) { return; }
                sending = null;
                busy(false);
                then();
            };
        }
        request.open("POST", "/import/read");
        request.setRequestHeader("X-CSRFToken", csrf());
        request.setRequestHeader("Content-Type", "application/octet-stream");
        request.addEventListener("load", over(function () { answered(request); }));
        request.addEventListener("error", over(function () {
            say(window.agelens.text("The connection was lost. Nothing was saved; try again."));
        }));
        say("");
        report.clear();
        busy(true);
        request.send(content);
    }

    function sendText() {
        var text = at("import-text") ? at("import-text").value : "";
        if (text.trim()) {
            at("import-file").value = "";
            send(new Blob([text]));
        } else {
            report.clear();
            say(window.agelens.text("Paste the lines of a report, or choose a file."));
            at("import-text").focus();
        }
    }

    function sendFile(file) {
        var most = Number(at("import-chooser").dataset.most);
        if (!file) { return; }
        report.clear();
        if (!file.size) {
            say(window.agelens.text("The file {name} is empty.", {name: file.name}));
        } else if (file.size > most) {
            say(window.agelens.text(
                "The file {name} is too large for one person's report.", {name: file.name}));
        } else {
            send(file);
        }
    }

    function field(place) {
        var label = document.createElement("label");
        label.htmlFor = "import-file";
        label.className = "import-label";
        label.textContent = window.agelens.text("Choose a file, or drop one here");
        var input = document.createElement("input");
        input.type = "file";
        input.id = "import-file";
        input.accept = place.dataset.accept;
        input.setAttribute("aria-describedby", "import-kinds import-problem");
        place.append(label, input);
    }

    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.agelens_import = {
        // The page is there.
        ready: function () {
            var place = at("import-chooser");
            if (place && !at("import-file")) { field(place); }
            return window.dash_clientside.no_update;
        },

        go: function (confirmed) {
            return confirmed ? "/new?from=import" : window.dash_clientside.no_update;
        },
    };

    document.addEventListener("click", function (event) {
        if (event.target.closest("#import-read")) { sendText(); }
    });

    document.addEventListener("change", function (event) {
        if (event.target.id === "import-file") { sendFile(event.target.files[0]); }
    });

    ["dragenter", "dragover", "dragleave", "drop"].forEach(function (kind) {
        document.addEventListener(kind, function (event) {
            var place = event.target.closest && event.target.closest("#import-drop");
            if (!place) { return; }
            event.preventDefault();
            place.classList.toggle("over", kind === "dragenter" || kind === "dragover");
            if (kind === "drop") {
                at("import-file").value = "";
                sendFile(event.dataTransfer.files[0]);
            }
        });
    });
})();
