/** Starts the harness in Deno. */
import process from "node:process";

// Standard output belongs to the answers. Libraries may keep the console as they find it, so they are loaded after this.
console.log = (...words: unknown[]) => process.stderr.write(`${words.join(" ")}\n`);

const { serve } = await import("./harness");
await serve();
process.exit();
