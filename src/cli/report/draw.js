/* Draws the report from its data. Runs in the reader's browser after uPlot's script. */
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const element = (id) => document.getElementById(id);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  let charts = [];

  function axis(more) {
    const stroke = colour("muted");
    const grid = { stroke: colour("line"), width: 1 };
    return { stroke, grid, ticks: grid, font: "12px system-ui, sans-serif", ...more };
  }

  function draw(target, height, options, columns) {
    const chart = new uPlot(
      { width: Math.max(200, target.clientWidth), height, ...options },
      columns,
      target,
    );
    charts.push({ chart, target, height });
  }

  /** Training as a line, validations as points, and horizontal lines to compare with; logarithmic. */
  function drawHistory(target, train, validation, references) {
    const positive = (values) => values.map((value) => (value > 0 ? value : null));
    const figure = (_, value) => (value == null ? "–" : value.toPrecision(4));
    draw(
      target,
      280,
      {
        legend: {
          markers: { dash: (_, i) => ["", "solid", "solid", ...references.map(({ style }) => style)][i] },
        },
        scales: { x: { time: false }, y: { distr: 3 } },
        axes: [axis({}), axis({ size: 56 })],
        series: [
          { label: "iteration" },
          { label: "training", stroke: colour("train"), width: 1.5, points: { show: false }, value: figure },
          {
            label: "validation",
            stroke: colour("validation"),
            paths: () => null,
            points: { show: true, size: 8, fill: colour("validation") },
            value: figure,
          },
          ...references.map(({ label, dash }) => ({
            label,
            stroke: colour("muted"),
            width: 1.5,
            dash,
            points: { show: false },
            value: figure,
          })),
        ],
      },
      [
        data.iterations,
        positive(train),
        positive(validation),
        ...references.map(({ value }) => data.iterations.map(() => value)),
      ],
    );
  }

  /** The post's figure: target as dots, prediction as circles, its limits and ticks. */
  function drawPrediction(target, { x, target: truth, prediction, yLimits, yTicks }) {
    const dots = (points) => ({ paths: () => null, points: { show: true, ...points } });
    draw(
      target,
      220,
      {
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false, range: [-1.05, 1.05] }, y: { range: yLimits } },
        axes: [
          axis({ splits: () => [-1, -0.5, 0, 0.5, 1], values: (_, ticks) => ticks.map(tickLabel) }),
          axis({ splits: () => yTicks, values: (_, ticks) => ticks.map(tickLabel), size: 40 }),
        ],
        series: [
          {},
          { stroke: colour("target"), ...dots({ size: 3, fill: colour("target"), width: 0 }) },
          { stroke: colour("train"), ...dots({ size: 7, fill: "transparent", width: 1.2 }) },
        ],
      },
      [x, truth, prediction],
    );
  }

  const tickLabel = (value) => {
    const sign = value < 0 ? "−" : "";
    return Math.abs(Math.abs(value) - Math.PI) < 1e-9 ? `${sign}π` : `${sign}${Math.abs(value)}`;
  };

  function addRow(parent, texts, tag, className) {
    const row = parent.insertRow();
    texts.forEach((text, i) => {
      const cell = document.createElement(i === 0 ? "th" : tag);
      if (cell.tagName === "TH") cell.scope = tag === "th" ? "col" : "row";
      if (className) cell.className = i === 0 ? className : `${className} figure`;
      cell.textContent = text;
      row.append(cell);
    });
  }

  function fillTable(table, rows) {
    const body = table.createTBody();
    for (const texts of rows) addRow(body, texts, "td");
  }

  function fillNumbers(table, rows) {
    addRow(table.createTHead(), ["function", "RMSE", "noise floor", "predict zero"], "th", "strong");
    fillTable(table, rows.slice(0, -1));
    addRow(table.createTFoot(), rows.at(-1), "td", "strong");
  }

  function fillTexts() {
    element("verdict").textContent = data.verdict;
    fillNumbers(element("numbers"), data.numbers);
    fillTable(element("run"), data.run);
    fillTable(element("options"), data.options);
    for (const { title } of data.functions) {
      const figure = document.createElement("figure");
      const caption = document.createElement("figcaption");
      caption.textContent = title;
      const plot = document.createElement("div");
      plot.className = "plot";
      plot.setAttribute("role", "img");
      plot.setAttribute("aria-label", `target and prediction of ${title}`);
      figure.append(caption, plot);
      element("predictions").append(figure);
    }
  }

  function drawAll() {
    for (const { chart } of charts) chart.destroy();
    charts = [];
    const references = [
      { label: "predict zero", value: data.rmseZero, dash: [8, 5], style: "dashed" },
      { label: "noise floor", value: data.noiseFloor, dash: [2, 4], style: "dotted" },
    ].filter(({ value }) => value > 0);
    drawHistory(element("rmse"), data.rmse, data.validationRmse, references);
    drawHistory(element("loss"), data.loss, data.validationLoss, []);
    const plots = document.querySelectorAll("#predictions .plot");
    data.functions.forEach((shown, i) => {
      drawPrediction(plots[i], shown);
    });
  }

  fillTexts();
  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  addEventListener("resize", () => {
    for (const { chart, target, height } of charts)
      chart.setSize({ width: Math.max(200, target.clientWidth), height });
  });
})();
