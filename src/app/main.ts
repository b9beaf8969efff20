/** The page's entry: gives the session what it needs from the browser and mounts the app. */
import "@awesome.me/webawesome/dist/styles/themes/default.css";
import "./page.css";
import "./icons";
import "./app";
import { readLink, writeLink } from "./session/link";
import { Session } from "./session/session";
import { openStore } from "./session/store";

/** Where the last settings are kept, written as in a link. */
const settingsKey = "fluxion-settings";

const linked = location.search !== "";
const kept = readKept();
const { settings, problems } = readLink(linked ? location.search : kept);
/** What the address and the store hold. */
let written: string | undefined;
/** Nobody has chosen anything yet. */
const fresh = !linked && kept === "";
const session = new Session(settings, {
  worker: () => new Worker(new URL("./worker/worker.ts", import.meta.url), { type: "module" }),
  store: openStore(),
});
if (linked && problems.length > 0)
  session.notify({
    tone: "warning",
    title: "Parts of the link were not taken",
    message: `${problems.join("; ")}.`,
  });

session.on("state", keepSettings);
// Without a wish of the visitor, hardware trains the post's experiment at once; software the small copy of it.
if (fresh) {
  const end = session.on("state", () => {
    if (session.gpu.state === "opening") return;
    end();
    const chosen = session.settings !== settings;
    if (!chosen && session.gpu.state === "ready" && !session.gpu.adapter.software)
      session.choose("moler", "cnn");
  });
}

const app = document.createElement("fx-app");
app.session = session;
document.querySelector("#app")?.replaceWith(app);
void session.open();

if (import.meta.env.PROD && "serviceWorker" in navigator)
  navigator.serviceWorker.register("./service-worker.js").catch(() => undefined);

function keepSettings(): void {
  // The adapter may still choose.
  if (fresh && session.gpu.state === "opening") return;
  const search = writeLink(session.settings);
  if (search === written) return;
  written = search;
  history.replaceState(null, "", `${location.pathname}${search}${location.hash}`);
  try {
    localStorage.setItem(settingsKey, search);
  } catch {
    // The address has them anyway.
  }
}

function readKept(): string {
  try {
    return localStorage.getItem(settingsKey) ?? "";
  } catch {
    return "";
  }
}
