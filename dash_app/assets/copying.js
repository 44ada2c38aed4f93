// Copy what stands in a field: agelens.copyField("its-id", text) answers what the button then says.
(function () {
    "use strict";

    // Where the browser has no clipboard for pages (plain http on a local network).
    function byHand(id) {
        var field = document.getElementById(id);
        field.focus();
        field.select();
        return document.execCommand("copy")
            ? window.agelens.text("Copied")
            : window.agelens.text("Selected: press Ctrl+C");
    }

    window.agelens.copyField = function (id, text) {
        if (navigator.clipboard && window.isSecureContext) {
            return navigator.clipboard.writeText(text)
                .then(function () { return window.agelens.text("Copied"); })
                .catch(function () { return byHand(id); });
        }
        return byHand(id);
    };
})();
