/** uPlot, in browsers of every language. */
import "./language";

export { default } from "uplot";
