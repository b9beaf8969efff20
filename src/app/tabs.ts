/** The tabs below the charts. Their code arrives when they are first opened. */
import { html, type TemplateResult } from "lit";
import type { Session } from "./session/session";

export type TabName = "runs" | "your-function" | "laboratory" | "network" | "kernels" | "self-test";

interface Tab {
  readonly name: TabName;
  readonly label: string;
  readonly load: () => Promise<unknown>;
  readonly render: (session: Session) => TemplateResult;
}

export const tabs: readonly [Tab, ...Tab[]] = [
  {
    name: "runs",
    label: "Runs",
    load: () => import("./panels/runs"),
    render: (session) => html`<fx-runs .session=${session}></fx-runs>`,
  },
  {
    name: "your-function",
    label: "Your function",
    load: () => import("./panels/your-function/your-function"),
    render: (session) => html`<fx-your-function .session=${session}></fx-your-function>`,
  },
  {
    name: "laboratory",
    label: "Laboratory",
    load: () => import("./panels/laboratory/laboratory"),
    render: (session) => html`<fx-laboratory .session=${session}></fx-laboratory>`,
  },
  {
    name: "network",
    label: "Network",
    load: () => import("./panels/network"),
    render: (session) => html`<fx-network .session=${session}></fx-network>`,
  },
  {
    name: "kernels",
    label: "Kernels",
    load: () => import("./panels/kernels"),
    render: (session) => html`<fx-kernels .session=${session}></fx-kernels>`,
  },
  {
    name: "self-test",
    label: "Self-test",
    load: () => import("./panels/self-test"),
    render: (session) => html`<fx-self-test .session=${session}></fx-self-test>`,
  },
];

/** The tab that an address names after its "#". */
export const tabFromHash = (hash: string): TabName | undefined =>
  tabs.find(({ name }) => `#${name}` === hash)?.name;
