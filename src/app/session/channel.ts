/** The page's end of the line to its training worker. */
import type { Answers, Command, Event, Request } from "../worker/protocol";

/** What the worker tells without being asked. */
export type Told = Exclude<Event, { readonly kind: "answered" | "refused" }>;

interface Question {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** Opens the worker when it is first needed, and another one after it broke. */
export class Channel {
  readonly #open: () => Worker;
  readonly #told: (event: Told) => void;
  readonly #broke: (message: string) => void;
  readonly #questions = new Map<number, Question>();
  #worker: Worker | undefined;
  #asked = 0;

  /**
   * @param told hears every event but answers
   * @param broke hears why the worker is gone, after every open question was rejected with the same words
   */
  constructor(open: () => Worker, told: (event: Told) => void, broke: (message: string) => void) {
    this.#open = open;
    this.#told = told;
    this.#broke = broke;
  }

  send(command: Command): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(command);
  }

  /** Rejects with a message for the visitor. */
  ask<Kind extends Request["kind"]>(
    request: Extract<Request, { readonly kind: Kind }>,
  ): Promise<Answers[Kind]> {
    const id = this.#asked++;
    return new Promise((resolve, reject) => {
      this.#questions.set(id, { resolve: resolve as (answer: never) => void, reject });
      this.send({ kind: "ask", id, request });
    });
  }

  #start(): Worker {
    const worker = this.#open();
    worker.addEventListener("message", ({ data }: MessageEvent<Event>) => this.#receive(data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#fail(event.message || "the training worker could not be loaded");
    });
    return worker;
  }

  #receive(event: Event): void {
    switch (event.kind) {
      case "answered":
        this.#questions.get(event.id)?.resolve(event.answer as never);
        this.#questions.delete(event.id);
        return;
      case "refused":
        this.#questions.get(event.id)?.reject(new Error(event.message));
        this.#questions.delete(event.id);
        return;
      default:
        this.#told(event);
    }
  }

  #fail(message: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const { reject } of this.#questions.values()) reject(new Error(message));
    this.#questions.clear();
    this.#broke(message);
  }
}
