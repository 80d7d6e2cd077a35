// `pnpm api`: compares the surface of every door with the report in `api/`; `--write` accepts what it finds.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { parseArgs } from "node:util"
import { runChecks, type Check } from "../ci/check.ts"
import { doorsOf, publishedFolders } from "../pack/tarballs.ts"
import { root } from "../run-command.ts"
import { surfaceOf } from "./surface.ts"

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } })

/** The first lines that differ, as a reader of a review sees them. */
const difference = (before: string, after: string): string => {
  const [old, now] = [before.split("\n"), after.split("\n")]
  const gone = old.filter((line) => !now.includes(line)).map((line) => `- ${line}`)
  const come = now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`)
  return [...gone, ...come].slice(0, 60).join("\n")
}

const reportOf = (door: string): string =>
  join(root, "api", `${door.replace("@sightline/", "").replaceAll("/", ".")}.api.txt`)

/** `platform` is internal and makes no promises, so a change of its surface needs no review. */
const promised = publishedFolders().filter((folder) => basename(folder) !== "platform")

const checks = promised.flatMap((folder) =>
  doorsOf(folder).map((door): Check => {
    const file = basename(door === doorsOf(folder)[0] ? "index" : door)
    return {
      name: `surface of ${door}`,
      run: () => {
        const surface = surfaceOf(door, join(root, folder, "dist", `${file}.d.ts`), join(root, folder, "dist"))
        const report = reportOf(door)
        const before = existsSync(report) ? readFileSync(report, "utf8") : ""
        if (before === surface) return Promise.resolve({})
        if (!values.write)
          return Promise.resolve({ problem: `${difference(before, surface)}\nif that is meant: pnpm api --write` })
        mkdirSync(join(root, "api"), { recursive: true })
        writeFileSync(report, surface)
        return Promise.resolve({ note: "written" })
      }
    }
  })
)
const { failed } = await runChecks(checks)
process.exitCode = failed > 0 ? 1 : 0
