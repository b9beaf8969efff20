import type { Capture } from "./capture";
import type { TrainerConfig } from "./config";
import type { Progress } from "./progress";
import type { TrainingState } from "./state";
import { stepsToMultiple } from "./submit";

/** Saves the states of a training: when they fall due, and when one is asked for. */
export class Checkpoints {
  readonly #checkpoint: NonNullable<TrainerConfig["checkpoint"]>;
  readonly #constants: Pick<TrainingState, "network" | "options" | "rows" | "order">;
  readonly #capture: Capture;
  readonly #history: Progress[];
  #wanted = false;
  #saved: number | undefined;

  /**
   * @param constants the part of every state that training does not change
   * @param history of the state that was resumed
   */
  constructor(
    checkpoint: NonNullable<TrainerConfig["checkpoint"]>,
    constants: Pick<TrainingState, "network" | "options" | "rows" | "order">,
    capture: Capture,
    history: readonly Progress[],
  ) {
    this.#checkpoint = checkpoint;
    this.#constants = constants;
    this.#capture = capture;
    this.#history = [...history];
  }

  /** Whether a state is to be saved as soon as nothing is in flight. */
  get wanted(): boolean {
    return this.#wanted;
  }

  request(): void {
    this.#wanted = true;
  }

  /** Whether a state falls due after so many iterations. */
  due(iterations: number): boolean {
    const { every } = this.#checkpoint;
    return every !== undefined && iterations % every === 0;
  }

  /** Steps after `done` iterations up to and with the next state that falls due. */
  stepsToDue(done: number): number {
    const { every } = this.#checkpoint;
    return every === undefined ? Number.POSITIVE_INFINITY : stepsToMultiple(done, every);
  }

  /** Takes up an iteration that is done. */
  add(progress: Progress): void {
    this.#history.push(progress);
  }

  /** Saves the state, unless it was saved before. Call it while no submit is in flight. */
  async save(iteration: number, seconds: number): Promise<void> {
    this.#wanted = false;
    if (this.#saved === iteration) return;
    await this.#checkpoint.save({
      ...this.#constants,
      iteration,
      seconds,
      ...(await this.#capture.read()),
      history: [...this.#history],
    });
    this.#saved = iteration;
  }
}
