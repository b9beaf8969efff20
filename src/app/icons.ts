/** The icons of the page, drawn here: Web Awesome's own library would load them from a CDN. */
import { registerIconLibrary } from "@awesome.me/webawesome/dist/components/icon/library.js";

/** Paths on a 16 × 16 grid, filled. */
const paths: Readonly<Record<string, string>> = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z",
  step: "M3 2.5v11l7-5.5zM11 2.5h2v11h-2z",
  stop: "M3 3h10v10H3z",
  restart: "M8 2a6 6 0 1 1-5.7 4.1l1.4.5A4.5 4.5 0 1 0 8 3.5V6L4.2 3 8 0z",
  reset: "M8 2a6 6 0 1 1-5.7 4.1l1.4.5A4.5 4.5 0 1 0 8 3.5V6L4.2 3 8 0z",
  sun: "M8 4.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM7.25 0h1.5v2.5h-1.5zM7.25 13.5h1.5V16h-1.5zM0 7.25h2.5v1.5H0zM13.5 7.25H16v1.5h-2.5zM2 3.05 3.05 2l1.8 1.8-1.05 1.05zM11.15 12.2l1.05-1.05 1.8 1.8L12.95 14zM2 12.95l1.8-1.8 1.05 1.05L3.05 14zM11.15 3.8 12.95 2 14 3.05l-1.8 1.8z",
  moon: "M6 1a7 7 0 1 0 9 9A6 6 0 0 1 6 1z",
  auto: "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 1.5v11a5.5 5.5 0 0 1 0-11z",
  keyboard: "M1 3.5h14v9H1zm1.5 1.5v6h11V5zM4 6.25h1.5v1.5H4zm3 0h1.5v1.5H7zm3 0h1.5v1.5H10zM5 9h6v1.25H5z",
  export: "M7.25 1h1.5v7.2l2.7-2.7 1.05 1.05L8 11.05 3.5 6.55 4.55 5.5l2.7 2.7zM2 12.5h12V14H2z",
  link: "M6.2 9.8 9.8 6.2l1 1-3.6 3.6zM8.5 3.5 10 2a2.8 2.8 0 0 1 4 4l-2.5 2.5-1-1L13 5a1.3 1.3 0 0 0-2-2L9.5 4.5zM7.5 12.5 6 14a2.8 2.8 0 0 1-4-4l2.5-2.5 1 1L3 11a1.3 1.3 0 0 0 2 2l1.5-1.5z",
  trash: "M6 1h4l.7 1.5H14V4H2V2.5h3.3zM3 5h10l-.8 10H3.8z",
  next: "M5 2.5 11 8l-6 5.5-1-1.1L8.8 8 4 3.6z",
  pencil: "M11.5 1.5 14.5 4.5 5.5 13.5 1.5 14.5 2.5 10.5z",
  zoom: "M6.5 1a5.5 5.5 0 0 1 4.4 8.8l4 4-1.1 1.1-4-4A5.5 5.5 0 1 1 6.5 1zm0 1.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8z",
  table: "M1 2h14v12H1zm1.5 4v2h5V6zm6.5 0v2h4.5V6zM2.5 9.5v3h5v-3zm6.5 0v3h4.5v-3z",
  info: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zm-.8 6v5h1.6V7zm0-3v1.7h1.6V4z",
  warning: "M8 1 15.5 14.5H.5zm-.8 5v4.5h1.6V6zm0 5.5V13h1.6v-1.5z",
  check: "M6.3 12.6 1.8 8.1l1.1-1.1 3.4 3.4 6.8-6.8 1.1 1.1z",
  xmark: "M3.5 2.4 8 6.9l4.5-4.5 1.1 1.1L9.1 8l4.5 4.5-1.1 1.1L8 9.1l-4.5 4.5-1.1-1.1L6.9 8 2.4 3.5z",
};

const svg = (path: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="currentColor"><path d="${path}"/></svg>`;

/** `<wa-icon name="play">` and the like. An unknown name throws, so that no icon is silently missing. */
registerIconLibrary("default", {
  resolver: (name) => {
    const path = paths[name];
    if (path === undefined) throw new RangeError(`no icon ${name}`);
    return `data:image/svg+xml,${encodeURIComponent(svg(path))}`;
  },
});
