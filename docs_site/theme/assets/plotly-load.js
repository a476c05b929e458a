// Draws the figures of plotly on a page: <div class="plotly-figure" data-src="FIGURE.json">. Only pages with figures
// load this script. plotly.js itself is loaded when the first figure comes near the screen.
(() => {
  const LIBRARY = new URL("plotly-cartesian.min.js", document.currentScript.src);
  let library;

  function loadLibrary() {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = LIBRARY;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    return library;
  }

  async function loadFigure(element) {
    const response = await fetch(element.dataset.src);
    if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
    return response.json();
  }

  // The colours of the site's current scheme.
  function themed(layout) {
    const style = getComputedStyle(document.body);
    const color = style.getPropertyValue("--md-default-fg-color").trim();
    const gridcolor = style.getPropertyValue("--md-default-fg-color--lightest").trim();
    const axis = { gridcolor, zerolinecolor: gridcolor, automargin: true };
    return {
      ...layout,
      paper_bgcolor: "rgba(0, 0, 0, 0)",
      plot_bgcolor: "rgba(0, 0, 0, 0)",
      // The default leaves much room for a title.
      margin: layout.title ? layout.margin : { t: 16, r: 16, b: 48, l: 56 },
      font: { ...layout.font, color },
      xaxis: { ...layout.xaxis, ...axis },
      yaxis: { ...layout.yaxis, ...axis },
    };
  }

  async function draw(element) {
    const [figure] = await Promise.all([loadFigure(element), loadLibrary()]);
    element.replaceChildren();
    const paint = () =>
      Plotly.react(element, figure.data, themed(figure.layout), { responsive: true, displaylogo: false });
    paint();
    new MutationObserver(paint).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
  }

  const near = new IntersectionObserver(
    (entries) => {
      for (const entry of entries.filter((each) => each.isIntersecting)) {
        near.unobserve(entry.target);
        draw(entry.target);
      }
    },
    { rootMargin: "300px" },
  );
  document.querySelectorAll(".plotly-figure").forEach((element) => near.observe(element));
})();
