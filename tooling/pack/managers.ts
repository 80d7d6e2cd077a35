/** The package managers that users install with: how each is told of a registry, and how it installs. */
import { bun as bunProgram, type Binary } from "../../test/runtimes/runtime-list.ts"
import { installedBinary } from "../../test/runtimes/installed-binary.ts"

/** One package manager. */
export interface Manager {
  readonly name: string
  /** The files it reads, for a registry of the scope `@sightline`. */
  readonly files: (registryUrl: string) => Readonly<Record<string, string>>
  /** The command that installs what `package.json` names, without build scripts. */
  readonly install: () => Promise<ReadonlyArray<string>>
  /** The command that comes before the path of a program, where Node alone does not find the packages. */
  readonly run?: (node: string) => Promise<readonly [string, ...ReadonlyArray<string>]>
}

/** The path of a program of the registry; rejects where it cannot be had. */
export const programOf = async (binary: Binary): Promise<string> => {
  const found = await installedBinary(binary)
  if ("problem" in found) throw new Error(found.problem)
  return found.path
}

const npmrc = (url: string) => ({ ".npmrc": `@sightline:registry=${url}\n` })

const yarn1: Binary = { package: "yarn@1.22.22", path: "bin/yarn.js" }
const yarn4: Binary = { package: "@yarnpkg/cli-dist@4.18.1", path: "bin/yarn.js" }

const npm: Manager = {
  name: "npm",
  files: npmrc,
  install: async () => ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
}

export const pnpm: Manager = {
  name: "pnpm",
  // pnpm ends with an error while a build script is neither allowed nor denied
  files: (url) => ({ ...npmrc(url), "pnpm-workspace.yaml": "allowBuilds:\n  protobufjs: false\n" }),
  install: async () => ["pnpm", "install", "--prefer-offline"]
}

/** Every manager of the matrix. */
export const managers: ReadonlyArray<Manager> = [
  npm,
  pnpm,
  {
    name: "Yarn 1",
    files: npmrc,
    install: async () => [process.execPath, await programOf(yarn1), "install", "--non-interactive", "--ignore-scripts"]
  },
  {
    name: "Yarn 4 with Plug'n'Play",
    // an empty lockfile ends the search for a project above the folder
    files: (url) => ({
      ".yarnrc.yml": `npmScopes:\n  sightline:\n    npmRegistryServer: "${url}"\nunsafeHttpWhitelist: ["127.0.0.1"]\nenableTelemetry: false\n`,
      "yarn.lock": ""
    }),
    install: async () => [process.execPath, await programOf(yarn4), "install"],
    // it starts the Node that runs it
    run: async (node) => [node, await programOf(yarn4), "node"]
  },
  {
    name: "Bun",
    files: npmrc,
    install: async () => [await programOf(bunProgram), "install", "--ignore-scripts"]
  }
]
