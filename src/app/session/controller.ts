import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Session } from "./session";

/** Renders its host anew whenever the session's state changes; long series go to charts by another way. */
export class SessionController implements ReactiveController {
  readonly #host: ReactiveControllerHost & { readonly session: Session };
  #end: (() => void) | undefined;

  constructor(host: ReactiveControllerHost & { readonly session: Session }) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#end = this.#host.session.on("state", () => this.#host.requestUpdate());
  }

  hostDisconnected(): void {
    this.#end?.();
  }
}
