import type { Network } from "../network/network";
import type { TrainerConfig } from "./config";
import type { Course } from "./course";
import { initialise } from "./initialise";
import type { TrainingParts } from "./parts";
import { writeState } from "./resume";

/**
 * Puts onto the GPU what training begins with: learnables given or drawn from the seed, or the state to go on from.
 * @throws RangeError when a tensor is missing, unknown or of another shape
 */
export function beginTraining(
  network: Network,
  { options: { initialisation, seed } }: Course,
  { learnables, resume }: TrainerConfig,
  parts: TrainingParts,
): void {
  if (resume) {
    writeState(network, resume, { ...parts, moments: parts.step.moments });
    return;
  }
  for (const name of learnables?.keys() ?? []) network.layout.place(name);
  const drawn = () =>
    new Map([...initialise(network.spec, initialisation, seed)].map(([name, data]) => [name, { data }]));
  network.writeLearnables(learnables ?? drawn());
  network.resetStatistics();
}
