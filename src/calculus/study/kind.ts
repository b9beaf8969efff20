/** What a set of functions is to a training: figures of two kinds never stand in one table. */
import { randomFamilies } from "../families/families";
import type { FunctionFamily } from "../families/taught";
import { samplingSets, testSetName } from "./evaluation-set";

export const setKinds = ["taught", "related", "unseen"] as const;
/** The very functions taught; other members of a random family of which members were taught; or neither. */
export type SetKind = (typeof setKinds)[number];

/** @param taught the family of the training curves */
export function kindOf(set: string, taught: FunctionFamily): SetKind {
  if (set === testSetName || samplingSets.includes(set)) return taught === "continuous" ? "unseen" : "taught";
  if (randomFamilies.some(({ name }) => name === set)) return taught === "six" ? "unseen" : "related";
  return "unseen";
}
