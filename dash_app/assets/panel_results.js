// The results of a panel.
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.agelens_panel = {
    print: function (clicks) {
        if (clicks) { window.print(); }
        return window.dash_clientside.no_update;
    },
};
