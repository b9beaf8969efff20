/** Asks the training worker what networks answer. One question is under way at a time; stale answers are dropped. */
import type { Run } from "../../session/run";
import type { Session } from "../../session/session";
import type { Sampled } from "./samples";

export interface Question {
  readonly run: Run;
  readonly sampled: Sampled;
}

type Reply =
  | { readonly state: "asking" }
  /** values (T) */
  | { readonly state: "answered"; readonly values: Float32Array<ArrayBuffer> }
  | { readonly state: "failed"; readonly message: string };

export class Inquiry {
  /** By run. */
  replies: ReadonlyMap<string, Reply> = new Map();
  readonly #session: () => Pick<Session, "ask">;
  readonly #changed: () => void;
  #questions: readonly Question[] = [];
  #underWay = false;

  /** @param changed is called whenever a reply has come */
  constructor(session: () => Pick<Session, "ask">, changed: () => void) {
    this.#session = session;
    this.#changed = changed;
  }

  /** Asks these, one for each run, and forgets what was asked before. */
  ask(questions: readonly Question[]): void {
    this.#questions = questions;
    this.replies = new Map(questions.map(({ run }) => [run.id, { state: "asking" }]));
    if (!this.#underWay) void this.#work();
  }

  async #work(): Promise<void> {
    this.#underWay = true;
    for (let question = this.#next(); question; question = this.#next()) {
      const asked = this.#questions;
      const reply = await this.#put(question);
      if (asked !== this.#questions) continue;
      this.replies = new Map(this.replies).set(question.run.id, reply);
      this.#changed();
    }
    this.#underWay = false;
  }

  #next(): Question | undefined {
    return this.#questions.find(({ run }) => this.replies.get(run.id)?.state === "asking");
  }

  async #put({ run, sampled }: Question): Promise<Reply> {
    const model = run.outcome?.trained?.model;
    if (!model) return { state: "failed", message: "the run has no network" };
    try {
      const values = await this.#session().ask({ kind: "predict", run: run.id, model, x: sampled.x });
      return { state: "answered", values };
    } catch (error) {
      return { state: "failed", message: error instanceof Error ? error.message : String(error) };
    }
  }
}
