/**
 * The program of the process in which drivers are asked what they offer: for Node and for Deno. Its arguments are the
 * module that brings WebGPU to Node, and manifests of drivers. It answers with a line of JSON for each, and parts with
 * `mark` what they complain of on standard error.
 */
export const mark = "----";

export const probe = `
const [module, ...manifests] = globalThis.Deno ? Deno.args : process.argv.slice(1);
const { create, globals } = module ? await import(module) : {};
Object.assign(globalThis, globals);
for (const manifest of manifests) {
  process.env.VK_DRIVER_FILES = process.env.VK_ICD_FILENAMES = manifest;
  const gpu = create ? create([]) : navigator.gpu;
  const found = new Map();
  for (const powerPreference of ["high-performance", "low-power"]) {
    const adapter = await gpu.requestAdapter({ powerPreference });
    if (!adapter) continue;
    const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
    const info = JSON.stringify({ vendor, architecture, device, description, isFallbackAdapter });
    found.set(info, JSON.parse(info));
  }
  console.log(JSON.stringify([...found.values()]));
  console.error("${mark}");
}
if (globalThis.Deno) Deno.exit(); else process.exit();
`;
