/** A shader or its bindings are wrong; the message names layer and kernel, file and place. */
export class KernelError extends Error {
  override readonly name = "KernelError";
}
