// What the eye would see of the page as it is: colours of texts on what lies behind them.
(() => {
    const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const known = new Map();
    const rgba = (colour) => {
        if (!known.has(colour)) {
            canvas.clearRect(0, 0, 1, 1);
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
            const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
            known.set(colour, [r, g, b, a / 255]);
        }
        return known.get(colour);
    };
    const over = (top, below) => {
        const a = top[3];
        return [0, 1, 2].map((i) => top[i] * a + below[i] * (1 - a)).concat(1);
    };
    const luminance = (colour) => {
        const [r, g, b] = colour.slice(0, 3).map((c) => {
            const s = c / 255;
            return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (one, other) => {
        const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    };
    const canvasColour = () => rgba(getComputedStyle(document.documentElement).backgroundColor)[3]
        ? rgba(getComputedStyle(document.documentElement).backgroundColor)
        : [255, 255, 255, 1];
    const background = (element) => {
        const layers = [];
        for (let e = element; e; e = e.parentElement) {
            const colour = rgba(getComputedStyle(e).backgroundColor);
            if (colour[3] > 0) layers.push(colour);
            if (colour[3] === 1) break;
        }
        return layers.reverse().reduce((below, top) => over(top, below), canvasColour());
    };
    const opacity = (element) => {
        let found = 1;
        for (let e = element; e; e = e.parentElement) found *= +getComputedStyle(e).opacity;
        return found;
    };
    const inBar = (element, below) => {
        const box = element.getBoundingClientRect();
        const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
        const figure = element.closest(".js-plotly-plot");
        if (!figure) return below;
        for (const shape of figure.querySelectorAll(".point path, .shapelayer path")) {
            const b = shape.getBoundingClientRect();
            if (x < b.left || x > b.right || y < b.top || y > b.bottom) continue;
            const style = getComputedStyle(shape);
            if (!style.fill.startsWith("rgb")) continue;
            const fill = rgba(style.fill).slice();
            fill[3] *= +style.fillOpacity * +style.opacity;
            below = over(fill, below);
        }
        return below;
    };
    const seen = (element) => {
        if (!element.checkVisibility({opacityProperty: true, visibilityProperty: true})) return false;
        const box = element.getBoundingClientRect();
        return box.width > 1 && box.height > 1 && box.right > 0;
    };
    const dead = (element) => element.closest("[disabled], [data-disabled], [aria-disabled=true]");
    const name = (e) => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") +
        [...e.classList].map((c) => "." + c).join("").slice(0, 60);

    const judge = (element, text, written, found) => {
        const svg = element instanceof SVGElement;
        const below = svg ? inBar(element, background(element)) : background(element);
        const ink = rgba(written).slice();
        ink[3] *= opacity(element);
        if (ink[3] === 0) return;
        const ratio = contrast(over(ink, below), below);
        if (ratio < 4.5) found.push([ratio.toFixed(2), text.trim().slice(0, 40), name(element),
            written, `rgb(${below.slice(0, 3).map(Math.round)})`].join(" | "));
    };

    window.faintTexts = () => {
        const found = [];
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const element = node.parentElement;
            if (!node.data.trim() || element.closest("script, style, noscript, option")) continue;
            if (!seen(element) || dead(element)) continue;
            const style = getComputedStyle(element);
            const svg = element instanceof SVGElement && !element.closest("foreignObject");
            judge(element, node.data, svg ? style.fill : style.color, found);
        }
        for (const input of document.querySelectorAll(
            "input:not([type=radio], [type=checkbox], [type=file]), textarea")) {
            if (!seen(input) || dead(input)) continue;
            const text = input.value || input.placeholder;
            const part = input.value ? null : "::placeholder";
            if (text) judge(input, text, getComputedStyle(input, part).color, found);
        }
        return [...new Set(found)];
    };

    window.brightBoxes = () => {
        const found = [];
        for (const element of document.body.querySelectorAll("*")) {
            if (!seen(element)) continue;
            const box = element.getBoundingClientRect();
            if (box.width * box.height < 2500) continue;
            const style = getComputedStyle(element);
            const shape = element instanceof SVGGeometryElement;
            const colour = shape ? style.fill : style.backgroundColor;
            if (!colour.startsWith("rgb")) continue;
            const paint = rgba(colour).slice();
            paint[3] *= +style.opacity * (shape ? +style.fillOpacity : 1);
            if (paint[3] && luminance(over(paint, background(element.parentElement))) > 0.4) {
                found.push(`${name(element)} ${colour}`);
            }
        }
        return found;
    };

    window.brightness = (selector) => [...document.querySelectorAll(selector)]
        .filter(seen).map((element) => luminance(background(element)));
})();
