/** What a chart shows, as plain data: drawn by uPlot on the page, and by `svg.ts` in files and reports. */

/** A colour of light.css and dark.css, such as "--fx-cnn": charts follow the theme. */
export type ColorToken = `--fx-${string}`;

/** Colours of a chart, as CSS writes them. */
export interface ChartColors {
  readonly of: (token: ColorToken) => string;
  readonly text: string;
  readonly ground: string;
}

export type MarkerKind = "dot" | "circle" | "square" | "diamond" | "triangle" | "plus" | "cross" | "bar";

export interface SeriesSpec {
  readonly label: string;
  readonly color: ColorToken;
  /** Pixels; 0 draws markers alone. */
  readonly width?: number;
  readonly dash?: readonly number[];
  /** Pale, for raw values behind a smoothed line. */
  readonly faint?: boolean;
  readonly marker?: MarkerKind;
  /** Values few and far between: joined over the gaps, where other lines break. */
  readonly sparse?: boolean;
  /** Bars from zero, for histograms. */
  readonly bars?: boolean;
}

export interface AxisSpec {
  readonly label: string;
  /** Fixed ends; else the data's. */
  readonly range?: readonly [number, number];
  /** Fixed ticks; else what suits the range. */
  readonly ticks?: readonly number[];
  /** "−π" and the like; else the number. */
  readonly tickLabel?: (value: number) => string;
  readonly log?: boolean;
}

/** A horizontal line with a name: the noise floor, predicting zero. */
export interface ReferenceSpec {
  readonly label: string;
  readonly value: number;
  readonly color: ColorToken;
  readonly dash?: readonly number[];
}

export interface ChartSpec {
  /** Stands above the chart, and names it to screen readers. */
  readonly title: string;
  /** Names a picture of it to screen readers, where the title says too little. */
  readonly description?: string;
  readonly x: AxisSpec;
  readonly y: AxisSpec;
  readonly series: readonly SeriesSpec[];
  readonly references?: readonly ReferenceSpec[];
  /** Shaded from … to on the x axis, such as every second epoch. */
  readonly bands?: readonly (readonly [from: number, to: number])[];
  /** Charts of one group show their cursors at the same x. */
  readonly group?: string;
  /** Whether dragging zooms. */
  readonly zoom?: boolean;
  /** CSS pixels. */
  readonly height?: number;
  /** Hides legend and buttons where many charts stand close together. */
  readonly compact?: boolean;
}

/** x in ascending order, then the values of each series at it; null where there is none. What is not finite is a gap. */
export type ChartData = readonly [x: readonly number[], ...values: readonly (readonly (number | null)[])[]];
