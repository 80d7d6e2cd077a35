import { assert, describe, it } from "@effect/vitest"
import { fork } from "node:child_process"
import { once } from "node:events"
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll } from "vitest"
import { FileLocked, lockFile } from "../../src/files/file-lock.ts"

const folder = mkdtempSync(join(tmpdir(), "file-lock-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const failureOf = (take: () => unknown): unknown => {
  try {
    take()
  } catch (cause) {
    return cause
  }
  return undefined
}

describe("a file lock", () => {
  it("is held by one at a time, in one process too, and may be taken again after its release", () => {
    const file = join(folder, "one")
    const lock = lockFile(file)
    const failure = failureOf(() => lockFile(file))
    assert.instanceOf(failure, FileLocked)
    assert.strictEqual(failure instanceof FileLocked ? failure.owner.pid : 0, process.pid)
    lock.release()
    lock.release()
    lockFile(file).release()
  })

  it("of a process that is killed is free", async () => {
    const file = join(folder, "killed")
    const child = fork(fileURLToPath(new URL("programs/holds-lock.ts", import.meta.url)), [file])
    await once(child, "message")
    const failure = failureOf(() => lockFile(file))
    assert.instanceOf(failure, FileLocked)
    assert.match(String(failure), new RegExp(`is locked by process ${child.pid}`))
    child.kill("SIGKILL")
    await once(child, "exit")
    lockFile(file).release()
  })

  it("stays held when this process asks for it again", async () => {
    const file = join(folder, "twice")
    const lock = lockFile(file)
    assert.instanceOf(
      failureOf(() => lockFile(file)),
      FileLocked
    )
    const child = fork(fileURLToPath(new URL("programs/holds-lock.ts", import.meta.url)), [file], { stdio: "ignore" })
    const outcome = await Promise.race([
      once(child, "message").then(() => "taken"),
      once(child, "exit").then(() => "refused")
    ])
    child.kill("SIGKILL")
    assert.strictEqual(outcome, "refused")
    lock.release()
  })

  it("is of files that only their user can read, also those of an older version", () => {
    const file = join(folder, "modes")
    writeFileSync(file, "")
    chmodSync(file, 0o644)
    const lock = lockFile(file, { ownerFile: join(folder, "owner.json") })
    for (const path of [file, join(folder, "owner.json")]) assert.strictEqual(statSync(path).mode & 0o777, 0o600)
    assert.strictEqual(JSON.parse(readFileSync(join(folder, "owner.json"), "utf8")).pid, process.pid)
    lock.release()
  })

  it("of a folder that is not there fails as the file system does", () => {
    assert.deepInclude(
      failureOf(() => lockFile(join(folder, "none", "lock"))),
      { code: "ENOENT" }
    )
  })

  it("names no owner that it cannot read", () => {
    const file = join(folder, "unreadable")
    const lock = lockFile(file)
    writeFileSync(`${file}.json`, "not json")
    assert.deepInclude(
      failureOf(() => lockFile(file)),
      { owner: {} }
    )
    lock.release()
  })
})
