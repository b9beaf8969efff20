/** The harness in a page. */
import { openDevice } from "../../src/engine";
import { createHarness, type Harness } from "./harness";

declare global {
  interface Window {
    harness: Harness;
  }
}

window.harness = createHarness(() => openDevice());
