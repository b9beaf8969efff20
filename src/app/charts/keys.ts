/** What a key pressed on a chart asks for. */
type KeyAction =
  | { readonly kind: "move"; readonly to: number }
  | { readonly kind: "zoom"; readonly factor: number }
  | { readonly kind: "reset" }
  | { readonly kind: "leave" };

/** `at` is the cursor's point and `shown` the points in view. Undefined for keys that mean nothing here. */
export function keyAction(
  key: string,
  at: number | null,
  points: number,
  shown: readonly [first: number, last: number],
): KeyAction | undefined {
  const page = Math.max(1, Math.round((shown[1] - shown[0]) / 10));
  // The first press shows the cursor, where reading begins.
  const from = at ?? (["ArrowLeft", "PageUp"].includes(key) ? shown[1] + 1 : shown[0] - 1);
  const move = (to: number): KeyAction => ({ kind: "move", to: Math.min(points - 1, Math.max(0, to)) });
  switch (key) {
    case "ArrowLeft":
      return move(from - 1);
    case "ArrowRight":
      return move(from + 1);
    case "PageUp":
      return move(from - page);
    case "PageDown":
      return move(from + page);
    case "Home":
      return move(0);
    case "End":
      return move(points - 1);
    case "+":
      return { kind: "zoom", factor: 2 };
    case "-":
      return { kind: "zoom", factor: 0.5 };
    case "0":
      return { kind: "reset" };
    case "Escape":
      return { kind: "leave" };
    default:
      return undefined;
  }
}
