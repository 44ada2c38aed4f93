// Quick choices of an amount.
(function () {
    "use strict";

    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.agelens_wallet = {
        choose: function (clicks) {
            var chosen = window.dash_clientside.callback_context.triggered_id;
            if (!chosen || !clicks.some(Boolean)) {
                return window.dash_clientside.no_update;
            }
            return String(chosen.amount);
        },
    };
})();
