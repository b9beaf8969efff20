export { conv1d } from "fluxion";
