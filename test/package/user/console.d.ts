// Of what Node and the DOM declare a program uses this alone.
interface Console {
  log(...values: unknown[]): void;
}
declare var console: Console;
