/** The harness in a page. */
import * as fluxion from "../../src/index";
import { createHarness, type Harness } from "./harness";

declare global {
  interface Window {
    fluxion: typeof fluxion;
    harness: Harness;
  }
}

window.fluxion = fluxion;
window.harness = createHarness(() => fluxion.openDevice());
