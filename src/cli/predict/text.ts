/** A text file of unknown encoding and line endings, piece by piece. */
import { FormatError } from "../../engine";

/** Bytes by which an encoding is told. */
const headBytes = 4;

/**
 * Text with line feeds alone at the ends of its lines, and without a byte order mark.
 * @param label the file's name in error messages
 * @param understood is told the encoding where it is not UTF-8
 * @throws FormatError where the bytes are no text
 */
export async function* readText(
  pieces: AsyncIterable<Uint8Array>,
  label: string,
  understood: (what: string) => void,
): AsyncGenerator<string> {
  let head: Uint8Array = new Uint8Array();
  let decoder: TextDecoder | undefined;
  let held = "";
  const decode = (bytes: Uint8Array | undefined): string => {
    decoder ??= openDecoder(head, understood);
    try {
      const text = held + decoder.decode(bytes, { stream: bytes !== undefined });
      // A line feed may follow in the next piece.
      held = bytes !== undefined && text.endsWith("\r") ? "\r" : "";
      return text.slice(0, text.length - held.length).replace(/\r\n?/g, "\n");
    } catch {
      throw new FormatError(label, "text", 'must be UTF-8 or UTF-16 (a spreadsheet saves it as "CSV UTF-8")');
    }
  };
  for await (const piece of pieces) {
    if (decoder) yield decode(piece);
    else {
      head = Buffer.concat([head, piece]);
      if (head.length >= headBytes) yield decode(head);
    }
  }
  if (!decoder) yield decode(head);
  yield decode(undefined);
}

/** By the byte order mark, or by the zeros that the first letters have in UTF-16. */
function openDecoder([a, b, c, d]: Uint8Array, understood: (what: string) => void): TextDecoder {
  const little = (a === 0xff && b === 0xfe) || (a > 0 && b === 0 && c > 0 && d === 0);
  const big = (a === 0xfe && b === 0xff) || (a === 0 && b > 0 && c === 0 && d > 0);
  if (little || big) understood("UTF-16 text");
  return new TextDecoder(little ? "utf-16le" : big ? "utf-16be" : "utf-8", { fatal: true });
}
