import "@awesome.me/webawesome/dist/components/callout/callout.js";
import { html, type TemplateResult } from "lit";

/**
 * Says in a panel that something went wrong, and what to do.
 * @param what a sentence, "The kernels could not be measured."
 */
export const renderWarning = (what: string, why: string): TemplateResult =>
  html`<wa-callout variant="warning" size="s">
    <wa-icon slot="icon" name="warning"></wa-icon>
    <strong>${what}</strong> ${why}
  </wa-callout>`;
