/** Charts as files. */
import type { Size } from "../../charts/svg";

/** Pixels of a PNG for each CSS pixel: good enough for print. */
const scale = 2;

/** Hands an SVG document of this size to the visitor, as it is or drawn as PNG. */
export async function savePicture(
  svg: string,
  size: Size,
  title: string,
  type: "svg" | "png",
): Promise<void> {
  const document = new Blob([svg], { type: "image/svg+xml" });
  saveFile(type === "svg" ? document : await rasterise(document, size), `${fileName(title)}.${type}`);
}

/** Hands a file to the visitor. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

async function rasterise(svg: Blob, { width, height }: Size): Promise<Blob> {
  const url = URL.createObjectURL(svg);
  try {
    const image = new Image(width, height);
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = scale * width;
    canvas.height = scale * height;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large")))),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** "(x^3)' = 3x^2" → "fluxion-x-3-3x-2". */
const fileName = (title: string): string =>
  `fluxion-${title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "")}`;
