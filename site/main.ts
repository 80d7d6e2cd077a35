// Builds the site: `pnpm site`. `pnpm site --serve` shows it on 127.0.0.1 while pages are written.
import { join } from "node:path"
import { parseArgs } from "node:util"
import { build, createServer } from "vitepress"
import { writePages } from "./build/pages.ts"
import { root } from "./build/doors.ts"

const { values } = parseArgs({ options: { serve: { type: "boolean", default: false } } })

const doors = await writePages()
const folder = join(root, "site")
if (values.serve) {
  const server = await createServer(folder, { host: "127.0.0.1" })
  await server.listen()
  server.printUrls()
} else {
  await build(folder)
  console.log(`site: built into site/dist, with ${doors.length} modules in the reference`)
}
