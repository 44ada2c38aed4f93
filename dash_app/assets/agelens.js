// What happens in the browser alone. Each page adds its own functions in a file of its own.
(function () {
    "use strict";

    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.agelens = (function () {
        var none = window.dash_clientside.no_update;
        var firstPage = true;

        function inside(href, path) {
            return href === path || (href !== "/" && path.indexOf(href + "/") === 0);
        }

        function markPlace() {
            var links = document.querySelectorAll("#places a[href], #menu a[href]");
            links.forEach(function (link) {
                if (inside(link.getAttribute("href"), window.location.pathname)) {
                    link.setAttribute("aria-current", "page");
                } else {
                    link.removeAttribute("aria-current");
                }
            });
        }

        // To the first field of a form that is the page, or to the one that an address is about; else
        // to the heading, which is then read out.
        function focusPage() {
            var form = document.querySelector(".entry-form");
            var wanted = document.querySelector("#content [data-first-field]");
            if (wanted) {
                wanted.focus({preventScroll: true});
                wanted.scrollIntoView({block: "center"});
            } else if (form) {
                var fields = Array.from(form.querySelectorAll("input:not([type=hidden])"));
                var wrong = fields.find(function (field) { return field.getAttribute("aria-invalid") === "true"; });
                var empty = fields.find(function (field) { return !field.value; });
                (wrong || empty || fields[0]).focus({preventScroll: true});
            } else if (!firstPage) {
                var heading = document.querySelector("#content h1") || document.getElementById("content");
                heading.setAttribute("tabindex", "-1");
                heading.focus({preventScroll: true});
            }
            firstPage = false;
        }

        return Object.assign(window.dash_clientside.agelens || {}, {
            toLogin: function (needed) {
                var here = window.location.pathname + window.location.search;
                if (needed && window.location.pathname !== "/login") {
                    window.location.assign("/login?next=" + encodeURIComponent(here));
                }
                return none;
            },

            menu: function (opened, navbar) {
                var burger = document.getElementById("burger");
                if (burger) {
                    burger.setAttribute("aria-expanded", String(Boolean(opened)));
                }
                return Object.assign({}, navbar, {collapsed: {desktop: true, mobile: !opened}});
            },

            // The address has changed; the page is being fetched.
            leaving: function () {
                document.documentElement.classList.add("fetching");
                window.scrollTo(0, 0);
                return false;
            },

            // The page is there.
            arrived: function () {
                document.documentElement.classList.remove("fetching");
                window.requestAnimationFrame(function () {
                    window.requestAnimationFrame(function () {
                        markPlace();
                        focusPage();
                    });
                });
                return none;
            },
        });
    })();

    document.addEventListener("click", function (event) {
        if (event.target.closest("#try-again")) {
            window.location.reload();
        }
    });

    document.addEventListener("keydown", function (event) {
        var burger = document.getElementById("burger");
        if (event.key === "Escape" && burger && burger.getAttribute("aria-expanded") === "true") {
            window.dash_clientside.set_props("burger", {opened: false});
            burger.focus();
        }
    });

    // The languages in the header close as every menu does: by Escape, and by going elsewhere.
    function openLanguages() {
        return document.querySelector("#header-languages[open]");
    }

    function closeLanguagesOutside(event) {
        var menu = openLanguages();
        var towards = event.type === "focusout" ? event.relatedTarget : event.target;
        if (menu && towards && !menu.contains(towards)) {
            menu.open = false;
        }
    }

    document.addEventListener("click", closeLanguagesOutside);
    document.addEventListener("focusout", closeLanguagesOutside);
    document.addEventListener("keydown", function (event) {
        var menu = openLanguages();
        if (event.key === "Escape" && menu) {
            menu.open = false;
            menu.querySelector("summary").focus();
        }
    });

    // A page that was open while somebody logged in again in another tab sends that login's token.
    document.addEventListener("submit", function (event) {
        var field = event.target.querySelector("input[name=csrf_token]");
        var cookie = document.cookie.split("; ").find(function (pair) {
            return pair.indexOf("_csrf_token=") === 0;
        });
        if (field && cookie) {
            field.value = cookie.slice("_csrf_token=".length);
        }
        if (event.target.classList.contains("languages")) {  // a choice of language leads back here
            event.target.querySelector("input[name=next]").value =
                window.location.pathname + window.location.search;
        }
    }, true);
})();
