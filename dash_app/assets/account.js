// Copying a token, and leaving with a whole new page.
(function () {
    "use strict";

    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.agelens_account = {
        copy: function (clicks, secret) {
            return clicks && secret
                ? window.agelens.copyField("account-secret", secret)
                : window.dash_clientside.no_update;
        },

        leave: function (place) {
            if (place) {
                window.location.assign(place);
            }
            return window.dash_clientside.no_update;
        },
    };
})();
