/** What is wrong with the layout of the page, found in the page itself by the boxes of its texts and controls. */

/**
 * Runs in the page. Says what is wider than the window, which texts are cut off, which texts and controls lie on each
 * other, and which targets are smaller than WCAG 2.2 asks for.
 */
export function findFaults(): string[] {
  /** CSS pixels a side: WCAG 2.5.8. */
  const smallestTarget = 24;
  /** CSS pixels: line boxes of neighbouring lines touch. */
  const touch = 4;
  const composed =
    "wa-button, wa-checkbox, wa-switch, wa-radio, wa-tab, wa-option, wa-dropdown-item, wa-select, wa-input";
  const controls = `button, a, summary, input[type=text], input[type=range], ${composed}`;

  interface Box {
    readonly left: number;
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
  }
  interface Piece {
    readonly name: string;
    readonly element: Element;
    readonly layer: Element | null;
    /** What is seen of it. */
    readonly box: Box;
  }

  const above = (element: Element): Element | null => {
    const { assignedSlot, parentElement } = element;
    if (assignedSlot ?? parentElement) return assignedSlot ?? parentElement;
    const root = element.getRootNode();
    return root instanceof ShadowRoot ? root.host : null;
  };
  const isWithin = (element: Element, other: Element): boolean => {
    for (let each: Element | null = element; each; each = above(each)) if (each === other) return true;
    return false;
  };
  const nameOf = (element: Element): string => {
    const root = element.getRootNode();
    const owner = root instanceof ShadowRoot ? root.host.localName : "page";
    const text = (element.textContent ?? "").replace(/\s+/g, " ").trim().slice(0, 40);
    return `${owner} ${element.localName} "${text || element.getAttribute("label") || ""}"`;
  };
  const meet = (a: Box, b: Box): Box => ({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  });
  const isEmpty = ({ left, top, right, bottom }: Box): boolean => right - left <= 1 || bottom - top <= 1;
  /** Dialogs, menus and lists lie above the page. */
  const layerOf = (element: Element): Element | null => {
    for (let each: Element | null = element; each; each = above(each))
      if (each.matches("dialog, [popover], [role=menu], wa-tooltip")) return each;
    return null;
  };
  /** What is hidden from the eye alone, for screen readers. */
  const isUnseen = (element: Element): boolean => {
    for (let each: Element | null = element; each; each = above(each)) {
      const { clipPath, opacity, clip } = getComputedStyle(each);
      if (clipPath === "inset(50%)" || opacity === "0" || clip === "rect(0px, 0px, 0px, 0px)") return true;
    }
    return false;
  };

  /** What a component of the set is made of is not a control of its own, unless it is another component. */
  const isInner = (element: Element): boolean => {
    const root = element.getRootNode();
    return root instanceof ShadowRoot && root.host.matches(composed) && !element.matches(composed);
  };
  /** Label and hint of a field are no targets. */
  const targetOf = (element: Element): Element =>
    element.shadowRoot?.querySelector("[part~=combobox], [part~=input-wrapper]") ?? element;

  const faults: string[] = [];
  const texts: Piece[] = [];
  const targets: Piece[] = [];

  /** The part of a box that its surroundings let be seen; what they cut off without a way to scroll is a fault. */
  const clip = (name: string, element: Element, box: Box): Box => {
    let seen = box;
    for (let each = above(element); each; each = above(each)) {
      const { overflowX, overflowY, display } = getComputedStyle(each);
      if (overflowX === "visible" || display === "contents" || each === document.documentElement) continue;
      const bounds = each.getBoundingClientRect();
      const lost = seen.right - bounds.right > 1 || bounds.left - seen.left > 1;
      if (lost && overflowX !== "auto" && overflowX !== "scroll") faults.push(`${name} is cut off`);
      seen = meet(seen, bounds);
      if (overflowY === "visible") seen = { ...seen, top: box.top, bottom: box.bottom };
    }
    return seen;
  };

  const look = (element: Element): void => {
    const layer = layerOf(element);
    const name = nameOf(element);
    const range = document.createRange();
    for (const node of element.childNodes) {
      if (!(node instanceof Text) || node.data.trim() === "") continue;
      range.selectNodeContents(node);
      for (const line of range.getClientRects()) {
        const box = clip(name, element, line);
        if (isEmpty(box)) continue;
        if (box.right > innerWidth + 1 || box.left < -1) faults.push(`${name} reaches out of the window`);
        texts.push({ name, element, layer, box });
      }
    }
    if (!element.matches(controls) || isInner(element)) return;
    const own = targetOf(element).getBoundingClientRect();
    const box = clip(name, element, own);
    if (isEmpty(box)) return;
    if (own.width < smallestTarget - 0.5 || own.height < smallestTarget - 0.5)
      faults.push(`${name} is ${own.width.toFixed(1)} × ${own.height.toFixed(1)} pixels small`);
    if (box.right > innerWidth + 1 || box.left < -1) faults.push(`${name} reaches out of the window`);
    const chosen = element.shadowRoot?.querySelector("[part~=display-input]");
    if (chosen && chosen.scrollWidth > chosen.clientWidth) faults.push(`the choice of ${name} is cut off`);
    targets.push({ name, element, layer, box });
  };

  const roots: (Document | ShadowRoot)[] = [document];
  for (const root of roots)
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) roots.push(element.shadowRoot);
      if (element instanceof HTMLElement && element.checkVisibility({ visibilityProperty: true }))
        if (element.localName !== "style" && !isUnseen(element)) look(element);
    }

  // From top to bottom: what begins below a piece does not lie on it, nor does anything that follows.
  const pieces = [...texts, ...targets].sort((a, b) => a.box.top - b.box.top);
  for (const [i, a] of pieces.entries())
    for (let j = i + 1; j < pieces.length && a.box.bottom - pieces[j].box.top > touch; j++) {
      const b = pieces[j];
      if (a.layer !== b.layer || a.element === b.element) continue;
      const { left, top, right, bottom } = meet(a.box, b.box);
      if (right - left <= touch || bottom - top <= touch) continue;
      if (!isWithin(a.element, b.element) && !isWithin(b.element, a.element))
        faults.push(`${a.name} and ${b.name} lie on each other`);
    }

  const { scrollWidth } = document.documentElement;
  if (scrollWidth > innerWidth)
    faults.push(`the page is ${scrollWidth} pixels wide, the window ${innerWidth}`);
  return [...new Set(faults)];
}
