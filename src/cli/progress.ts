/** The course of a training on standard error: a live bar on a terminal, else a line at every validation. */
import { SingleBar } from "cli-progress";
import type { Progress } from "../engine";

export class ProgressDisplay {
  readonly #iterations: number;
  #bar: SingleBar | undefined;
  #validation = "";

  /** @param iterations how many are planned */
  constructor(iterations: number) {
    this.#iterations = iterations;
    if (!process.stderr.isTTY) return;
    this.#bar = new SingleBar({
      format: "{bar} {value}/{total}  {numbers}",
      barCompleteChar: "█",
      barIncompleteChar: "░",
      barsize: 20,
      linewrap: true,
      hideCursor: true,
      // Signals are the command's business.
      gracefulExit: false,
    });
    this.#bar.start(iterations, 0, { numbers: "first steps submitted" });
  }

  update({ iteration, epoch, seconds, loss, rmse, validation }: Progress): void {
    if (validation) this.#validation = `  validation ${figure(validation.rmse)}`;
    if (!this.#bar && !validation) return;
    const numbers = `loss ${figure(loss)}  RMSE ${figure(rmse)}${this.#validation}  ${this.#pace(iteration, seconds)}`;
    if (this.#bar) this.#bar.update(iteration, { numbers });
    else process.stderr.write(`iteration ${iteration}/${this.#iterations}  epoch ${epoch}  ${numbers}\n`);
  }

  /** Ends the bar where it stands, gives the cursor back, and writes a line if there is one to write. */
  stop(line?: string): void {
    this.#bar?.stop();
    this.#bar = undefined;
    if (line !== undefined) process.stderr.write(`${line}\n`);
  }

  #pace(iteration: number, seconds: number): string {
    if (seconds <= 0) return "";
    const perSecond = iteration / seconds;
    const left = Math.round((this.#iterations - iteration) / perSecond);
    return `${perSecond.toPrecision(3)} it/s  ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} left`;
  }
}

const figure = (value: number): string => value.toPrecision(4);
