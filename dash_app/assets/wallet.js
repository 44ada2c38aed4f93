// Quick choices of an amount; another amount is another top-up.
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

        // What was said of an earlier top-up is not about the amount that is chosen now.
        begun: function (amount) {
            return amount ? null : window.dash_clientside.no_update;
        },
    };
})();
