// Files that an administrator chooses.
(function () {
    "use strict";

    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.agelens_admin = {
        hideFiles: function (source) {
            return source !== "file";
        },

        chosenFile: function (contents, name) {
            if (!contents) {
                return agelens.text("No file chosen.");
            }
            var size = agelens.number(Math.ceil(contents.length * 0.75 / 1000));
            return agelens.text("{name}, {size} kB", {name: name, size: size});
        },
    };
})();
