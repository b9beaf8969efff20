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
  function drawHistory(target, iterations, train, validation, references) {
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
        iterations,
        positive(train),
        positive(validation),
        ...references.map(({ value }) => iterations.map(() => value)),
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

  /** The first row holds the titles. */
  function fillTitled(table, [head, ...rows]) {
    if (head) addRow(table.createTHead(), head, "th", "strong");
    fillTable(table, rows);
  }

  /** The last row stands for all. */
  function fillNumbers(table, rows) {
    fillTitled(table, rows.slice(0, -1));
    addRow(table.createTFoot(), rows.at(-1), "td", "strong");
  }

  /** A column of plots for each network below `parent`, under its title where there are several. */
  function addColumns(parent) {
    parent.classList.toggle("several", data.networks.length > 1);
    return data.networks.map(({ title }) => {
      const column = document.createElement("div");
      if (data.networks.length > 1) {
        const heading = document.createElement("h3");
        heading.textContent = title;
        column.append(heading);
      }
      const plots = document.createElement("div");
      plots.className = "plots";
      column.append(plots);
      parent.append(column);
      return plots;
    });
  }

  function addPlot(plots, title, label) {
    const figure = document.createElement("figure");
    const caption = document.createElement("figcaption");
    caption.textContent = title;
    const plot = document.createElement("div");
    plot.className = "plot";
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", label);
    figure.append(caption, plot);
    plots.append(figure);
    return plot;
  }

  function fillTexts() {
    element("verdict").textContent = data.verdict;
    fillNumbers(element("numbers"), data.numbers);
    fillTitled(element("seeds"), data.seeds);
    fillTable(element("run"), data.run);
    fillTable(element("options"), data.options);
  }

  /** Every plot as a function that draws it. */
  function layOut() {
    const training = addColumns(element("training"));
    const predictions = addColumns(element("predictions"));
    return data.networks.flatMap((network, i) => {
      const { title, iterations, functions } = network;
      const references = [
        { label: "predict zero", value: network.rmseZero, dash: [8, 5], style: "dashed" },
        { label: "noise floor", value: network.noiseFloor, dash: [2, 4], style: "dotted" },
      ].filter(({ value }) => value > 0);
      const over = `of ${title} over iterations, training and validation`;
      const rmse = addPlot(training[i], "RMSE per point, against the noisy target", `RMSE ${over}`);
      const loss = addPlot(training[i], "Loss", `Loss ${over}`);
      return [
        () => drawHistory(rmse, iterations, network.rmse, network.validationRmse, references),
        () => drawHistory(loss, iterations, network.loss, network.validationLoss, []),
        ...functions.map((shown) => {
          const plot = addPlot(
            predictions[i],
            shown.title,
            `target and prediction of ${shown.title}, ${title}`,
          );
          return () => drawPrediction(plot, shown);
        }),
      ];
    });
  }

  function drawAll() {
    for (const { chart } of charts) chart.destroy();
    charts = [];
    for (const drawPlot of plots) drawPlot();
  }

  fillTexts();
  const plots = layOut();
  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  addEventListener("resize", () => {
    for (const { chart, target, height } of charts)
      chart.setSize({ width: Math.max(200, target.clientWidth), height });
  });
})();
