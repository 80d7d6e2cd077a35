/** Refuses a Node that is too old when a door is imported: a call would fail later, over a module that this Node lacks. */

/** The lowest Node that the packages run on: major and minor version. */
const lowest = [22, 19] as const

/** The part of `process` that is looked at. Bun, Deno and workers have one too, with versions of Node that they imitate. */
export interface HostProcess {
  readonly release?: { readonly name?: string }
  readonly versions?: Readonly<Record<string, string | undefined>>
}

/** A sentence about a Node that is too old; undefined for any other runtime. */
export const nodeVersionProblem = (host: HostProcess | undefined, userAgent: string): string | undefined => {
  const { bun, deno, node } = host?.versions ?? {}
  if (node === undefined || host?.release?.name !== "node" || (bun ?? deno) !== undefined) return undefined
  if (userAgent !== "" && !userAgent.startsWith("Node.js")) return undefined // workers
  const [major = 0, minor = 0] = node.split(".").map(Number)
  const isOld = major < lowest[0] || (major === lowest[0] && minor < lowest[1])
  return isOld ? `Sightline needs Node ${lowest.join(".")} or newer, and this is Node ${node}` : undefined
}

// not every runtime has these
const { navigator, process } = globalThis as {
  readonly navigator?: { readonly userAgent?: string }
  readonly process?: HostProcess
}
const problem = nodeVersionProblem(process, navigator?.userAgent ?? "")
if (problem !== undefined) throw new Error(problem)
