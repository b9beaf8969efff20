import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Session } from "./session";
import type { SessionChanges } from "./state";

/**
 * Renders its host anew whenever the session's state changes, or what else it names. What a host shows of a training under
 * way it must name: between its start and its end a training that nobody touches changes no state.
 */
export class SessionController implements ReactiveController {
  readonly #host: ReactiveControllerHost & { readonly session: Session };
  readonly #kinds: readonly (keyof SessionChanges)[];
  #endings: readonly (() => void)[] = [];

  constructor(
    host: ReactiveControllerHost & { readonly session: Session },
    ...others: readonly ("progress" | "predictions")[]
  ) {
    this.#host = host;
    this.#kinds = ["state", ...others];
    host.addController(this);
  }

  hostConnected(): void {
    const { session } = this.#host;
    this.#endings = this.#kinds.map((kind) => session.on(kind, () => this.#host.requestUpdate()));
  }

  hostDisconnected(): void {
    for (const end of this.#endings) end();
  }
}
