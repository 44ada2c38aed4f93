// What people read and hear on the page: words that are not of its language, and text without room.
(() => {
    const seen = (element) => element.checkVisibility({opacityProperty: true, visibilityProperty: true});
    const foreign = (element) => element.closest("[lang]:not(html):not([lang=ru]), code, pre, kbd");
    const unseen = (element) => {
        const style = getComputedStyle(element);
        return style.clipPath !== "none" || (style.position === "absolute" && style.width === "1px");
    };
    const texts = () => {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const found = [];
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const parent = node.parentElement;
            if (node.data.trim() && seen(parent) && !parent.closest("script, style, noscript")) {
                found.push(node);
            }
        }
        return found;
    };

    // Every text and every name for those who listen, one a line.
    window.readTexts = () => {
        const found = texts().filter((node) => !foreign(node.parentElement)).map((node) => node.data);
        for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
            if (seen(element) && !foreign(element) && element.tagName !== "TIME") {
                for (const name of ["aria-label", "title", "placeholder", "alt"]) {
                    found.push(element.getAttribute(name) || "");
                }
            }
        }
        return found.map((text) => text.trim()).filter(Boolean);
    };

    // As in a language whose words are 40 % longer; charts are drawn on the server and stay.
    window.lengthenTexts = () => {
        for (const node of texts()) {
            if (!node.parentElement.closest("svg, .js-plotly-plot, time, code, [lang=en]")) {
                node.data = node.data.replace(/\p{L}{3,}/gu, (word) =>
                    word + word.slice(-1).repeat(Math.ceil(word.length * 0.4)));
            }
        }
    };

    // Texts that stick out of the page, or are cut by a box that cannot be scrolled.
    window.crampedTexts = () => {
        const found = [];
        const wide = document.documentElement.scrollWidth;
        if (wide > document.documentElement.clientWidth) {
            found.push(`the page is ${wide} wide`);
        }
        for (const node of texts()) {
            const parent = node.parentElement;
            // may be cut: the wallet has the credits of the header whole, the list above a form its clocks
            const whole = ".credits, .assessment-standing";
            const ignored = `svg, .js-plotly-plot, .unseen, [aria-hidden=true], ${whole}`;
            if (parent.closest(ignored) || unseen(parent)) continue;
            const range = document.createRange();
            range.selectNodeContents(node);
            const box = range.getBoundingClientRect();
            for (let e = parent; e && e !== document.body; e = e.parentElement) {
                const style = getComputedStyle(e);
                if (/auto|scroll/.test(style.overflowX + style.overflowY)) break;
                if (unseen(e)) break;
                const edge = e.getBoundingClientRect();
                const clips = /hidden|clip/.test(style.overflowX);
                const holds = e.matches("button, .mantine-Button-root, .mantine-Badge-root, td, th, label");
                if ((clips || holds) && (box.right > edge.right + 1 || box.left < edge.left - 1)) {
                    const classes = e.className.split(" ").filter((name) => !/^(m_|mantine-focus)/.test(name));
                    found.push(`${node.data.trim().slice(0, 60)} (out of ${e.tagName} ${classes.join(".")})`);
                    break;
                }
            }
        }
        return found;
    };
})();
