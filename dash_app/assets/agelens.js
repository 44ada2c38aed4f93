// What happens in the browser alone. Each page adds its own functions in a file of its own.
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.agelens = Object.assign(window.dash_clientside.agelens || {}, {
    toLogin: function (needed) {
        var here = window.location.pathname + window.location.search;
        if (needed && window.location.pathname !== "/login") {
            window.location.assign("/login?next=" + encodeURIComponent(here));
        }
        return window.dash_clientside.no_update;
    },

    menu: function (opened, navbar) {
        return Object.assign({}, navbar, {collapsed: {desktop: true, mobile: !opened}});
    },

    arrived: function () {
        window.scrollTo(0, 0);
        return false;
    },
});

document.addEventListener("click", function (event) {
    if (event.target.closest("#try-again")) {
        window.location.reload();
    }
});
