// Copying a token, and leaving with a whole new page.
(function () {
    "use strict";

    // Where the browser has no clipboard for pages (plain http on a local network).
    function byHand() {
        var field = document.getElementById("account-secret");
        field.focus();
        field.select();
        return document.execCommand("copy") ? "Copied" : "Selected: press Ctrl+C";
    }

    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.agelens_account = {
        copy: function (clicks, secret) {
            if (!clicks || !secret) {
                return window.dash_clientside.no_update;
            }
            if (navigator.clipboard && window.isSecureContext) {
                return navigator.clipboard.writeText(secret)
                    .then(function () { return "Copied"; })
                    .catch(byHand);
            }
            return byHand();
        },

        leave: function (place) {
            if (place) {
                window.location.assign(place);
            }
            return window.dash_clientside.no_update;
        },
    };
})();
