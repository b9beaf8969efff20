/** Settings as the query of an address: "?v=1&preset=quick&network=bilstm&epochs=40". */

import {
  isOptionName,
  networkNames,
  optionNames,
  presetNames,
  readOption,
  ruleWithin,
  writeOption,
} from "../../calculus";
import { expectation } from "../../engine/fields";
import type { Settings } from "./run";
import { chosenValues, readOptions, tidy } from "./values";

const version = "1";
/** Longer than any that `writeLink` makes. */
const mostCharacters = 2000;
const defaults: Settings = { preset: "quick", network: "cnn", options: {} };

/** Always names version, preset and network, so that a link means the same when the page's defaults change. */
export function writeLink(settings: Settings): string {
  const { preset, network, options } = tidy(settings);
  const query = new URLSearchParams({ v: version, preset, network });
  for (const name of optionNames) {
    const value = options[name];
    if (value !== undefined) query.set(name, writeOption(value));
  }
  return `?${query}`;
}

/** What a link gave, and what in it was not taken: a phrase each. */
export interface LinkReading {
  readonly settings: Settings;
  readonly problems: readonly string[];
}

/**
 * Reads a query of unknown origin, "" meaning the defaults. What cannot be is left at the preset's value and reported;
 * values that only contradict each other are taken, and refused where they stand in the form.
 */
export function readLink(search: string): LinkReading {
  if (search.length > mostCharacters)
    return refuse(`the link has ${search.length} characters, at most ${mostCharacters} are read`);
  const query = new URLSearchParams(search);
  const given = [...new Set(query.keys())];
  if (given.length === 0) return { settings: defaults, problems: [] };
  const versions = query.getAll("v");
  if (versions.length !== 1 || versions[0] !== version)
    return refuse(
      versions.length === 0
        ? `the link names no version (v=${version})`
        : `the link is of version ${versions.map(quote).join(" and ")}, this page reads ${version}`,
    );

  const problems: string[] = [];
  const refused: { readonly name: string; readonly text: string; readonly message: string }[] = [];
  const take = <Value>(name: string, read: (text: string) => Value): Value | undefined => {
    const texts = query.getAll(name);
    if (texts.length === 0) return undefined;
    if (texts.length > 1) {
      problems.push(`${name} stands ${texts.length} times`);
      return undefined;
    }
    try {
      return read(texts[0]);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      refused.push({ name, text: texts[0], message: error.message });
      return undefined;
    }
  };

  const preset = take("preset", oneOf(presetNames)) ?? defaults.preset;
  const network = take("network", oneOf(networkNames)) ?? defaults.network;
  const options = Object.fromEntries(
    optionNames.flatMap((name) => {
      const value = take(name, (text) => readOption(name, text));
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const settings = { preset, network, options };
  const chosen = chosenValues(settings);
  for (const { name, text, message } of refused)
    problems.push(
      `${name} is ${quote(text)}, ${isOptionName(name) ? `expected ${expectation(ruleWithin(name, chosen))}` : message}`,
    );
  const read = readOptions(settings);
  for (const name of given) {
    if (["v", "preset", "network"].includes(name)) continue;
    if (!isOptionName(name)) problems.push(`${quote(name)} is no option`);
    else if (name in options && !read.includes(name))
      problems.push(`${name} means nothing to the network, solver and schedule of the link`);
  }
  return { settings: tidy(settings), problems };
}

const refuse = (problem: string): LinkReading => ({ settings: defaults, problems: [problem] });

const oneOf =
  <Name extends string>(names: readonly Name[]) =>
  (text: string): Name => {
    const found = names.find((name) => name === text);
    if (found === undefined) throw new RangeError(`expected one of ${names.join(", ")}`);
    return found;
  };

/** Foreign text, as much of it as a sentence bears. */
const quote = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
