/** Names as they stand in answers and tables. */
import { type NetworkName, networkNames } from "../options";
import type { SetKind } from "./kind";
import { zeroName } from "./predictor";

export const networkTitles: Readonly<Record<NetworkName, string>> = { cnn: "CNN", bilstm: "BiLSTM" };

/** Of a network or an opponent. */
export const predictorTitle = (predictor: string): string => {
  const network = networkNames.find((name) => name === predictor);
  if (network !== undefined) return networkTitles[network];
  return predictor === zeroName ? "predict zero" : predictor;
};

export const kindTitles: Readonly<Record<SetKind, string>> = {
  taught: "functions taught",
  related: "other functions of families taught",
  unseen: "functions not taught",
};
