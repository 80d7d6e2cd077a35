/** The runtimes that run the cases, and where their programs come from: npm's packages for this platform, or the PATH. */

/** A program in a package of the npm registry. */
export interface Binary {
  /** With its exact version: what is downloaded is what was tried. */
  readonly package: string
  /** Relative to the package. */
  readonly path: string
}

/** One runtime. */
export interface Runtime {
  readonly name: string
  readonly kind: "process" | "worker" | "page"
  /** Absent for the Node that runs this, and for a browser, which is looked for on the PATH. */
  readonly binary?: Binary
  /** Arguments before the program. */
  readonly args?: ReadonlyArray<string>
  /** See `Config`. */
  readonly untold?: ReadonlyArray<string>
  /** Of workerd. */
  readonly compatibility?: { readonly date: string; readonly flags: ReadonlyArray<string> }
}

const { arch, platform } = process
const exe = platform === "win32" ? ".exe" : ""

/** A Node of the registry. */
export const node = (version: string): Binary => ({
  package: `node-${platform === "win32" ? "win" : platform}-${arch}@${version}`,
  path: `bin/node${exe}`
})
/** The Bun of the cases. */
export const bun: Binary = {
  package: `@oven/bun-${platform === "win32" ? "windows" : platform}-${arch === "arm64" ? "aarch64" : arch}@1.4.5`,
  path: `bin/bun${exe}`
}
const deno: Binary = {
  package: `@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}@2.9.6`,
  path: `deno${exe}`
}
const workerd: Binary = {
  package: `@cloudflare/workerd-${platform === "win32" ? "windows" : platform}-${arch === "x64" ? "64" : arch}@1.20261117.1`,
  path: `bin/workerd${exe}`
}

/** A page is told no cause at all; workerd says "Network connection lost." or "internal error" whatever happened. */
const all = ["refused", "tlsDropped", "noTls"]

/** The lowest Node that the packages accept. */
export const lowestNode: Binary = node("22.19.0")

export const runtimes: ReadonlyArray<Runtime> = [
  { name: "Node 22", kind: "process", binary: lowestNode },
  { name: "Node 24", kind: "process" },
  { name: "Node 26", kind: "process", binary: node("26.10.0") },
  { name: "Bun", kind: "process", binary: bun, args: ["run", "--no-install"], untold: ["tlsDropped"] },
  {
    name: "Deno",
    kind: "process",
    binary: deno,
    args: ["run", "--allow-all", "--no-lock", "--cached-only", "--node-modules-dir=manual"]
  },
  { name: "workerd", kind: "worker", binary: workerd, untold: all, compatibility: { date: "2024-09-01", flags: [] } },
  {
    name: "workerd with nodejs_compat",
    kind: "worker",
    binary: workerd,
    untold: all,
    compatibility: { date: "2026-11-01", flags: ["nodejs_compat"] }
  },
  { name: "Chromium", kind: "page", untold: all }
]
