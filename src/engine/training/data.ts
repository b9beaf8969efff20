/** What a state tells of the data that its training goes on with. */
import { sha256 } from "../digest";
import type { TrainerConfig } from "./config";
import type { TrainingState } from "./state";

export async function describeData({
  train,
  validation,
}: Pick<TrainerConfig, "train" | "validation">): Promise<Pick<TrainingState, "rows" | "data">> {
  const parts = [train.x, train.target, validation.x, validation.target];
  const digests = await Promise.all(
    parts.map(({ buffer, byteOffset, byteLength }) => {
      const bytes = new Uint8Array(buffer, byteOffset, byteLength);
      // What is shared between threads is not digested in place.
      return sha256(
        buffer instanceof ArrayBuffer ? new Uint8Array(buffer, byteOffset, byteLength) : bytes.slice(),
      );
    }),
  );
  return {
    rows: { training: train.rows, validation: validation.rows },
    data: await sha256(new TextEncoder().encode(digests.join())),
  };
}
