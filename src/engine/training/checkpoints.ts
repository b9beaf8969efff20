import { DisposedError } from "../gpu/memory";
import type { TrainerConfig } from "./config";
import type { Progress } from "./progress";
import type { TrainingState } from "./state";
import type { DeviceState } from "./state-reader";
import { stepsToMultiple } from "./submit";

/** Milliseconds that a training which is to stop waits for a state to be saved. */
const grace = 30_000;

/** Saves the states of a training: when they fall due, and when one is asked for. */
export class Checkpoints {
  readonly #checkpoint: NonNullable<TrainerConfig["checkpoint"]>;
  readonly #constants: Pick<TrainingState, "network" | "options" | "rows" | "data" | "order">;
  readonly #reader: { read(): Promise<DeviceState> };
  readonly #history: Progress[];
  #wanted = false;
  #saved: number | undefined;
  /** Ends the wait for the state that is being saved. */
  #giveUp: ((reason: Error) => void) | undefined;
  #hurried = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param constants the part of every state that training does not change
   * @param history of the state that was resumed
   */
  constructor(
    checkpoint: NonNullable<TrainerConfig["checkpoint"]>,
    constants: Pick<TrainingState, "network" | "options" | "rows" | "data" | "order">,
    reader: { read(): Promise<DeviceState> },
    history: readonly Progress[],
  ) {
    this.#checkpoint = checkpoint;
    this.#constants = constants;
    this.#reader = reader;
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

  /**
   * Saves the state, unless it was saved before. Call it while no submit is in flight.
   * @throws DisposedError after `abandon`, Error where nothing comes of it long after `hurry`
   */
  async save(iteration: number, seconds: number): Promise<void> {
    this.#wanted = false;
    if (this.#saved === iteration) return;
    const state = {
      ...this.#constants,
      iteration,
      seconds,
      ...(await this.#reader.read()),
      history: [...this.#history],
    };
    await new Promise<void>((resolve, reject) => {
      this.#giveUp = reject;
      if (this.#hurried) this.hurry();
      Promise.resolve(this.#checkpoint.save(state)).then(resolve, reject);
    }).finally(() => {
      this.#giveUp = undefined;
      clearTimeout(this.#timer);
    });
    this.#saved = iteration;
  }

  /** From now on nothing waits for ever until a state is saved. */
  hurry(): void {
    this.#hurried = true;
    clearTimeout(this.#timer);
    if (!this.#giveUp) return;
    const giveUp = this.#giveUp;
    this.#timer = setTimeout(
      () =>
        giveUp(new Error(`checkpoint.save has not settled for ${grace / 1000} s since training was to stop`)),
      grace,
    );
  }

  /** Nothing waits any more until a state is saved. */
  abandon(): void {
    this.#giveUp?.(new DisposedError("the Trainer was disposed"));
  }
}
