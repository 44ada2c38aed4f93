// Copying the address of a link.
(function () {
    "use strict";

    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.agelens_sharing = {
        copy: function (clicks, address) {
            return clicks && address
                ? window.agelens.copyField("share-address", address)
                : window.dash_clientside.no_update;
        },
    };
})();
