/** Holds a lock until it is killed. */
import { lockFile } from "../../../src/files/file-lock.ts"

lockFile(process.argv[2] ?? "")
process.send?.("held")
setInterval(() => {}, 1000)
