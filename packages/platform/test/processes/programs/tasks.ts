/** A child process for the tests of the pool: each message is a task. */
import { readFileSync } from "node:fs"
import { limitMemory, onMessage, reply } from "../../../src/processes/child.ts"

/** What the parent asks for. */
export type Task =
  | { readonly kind: "echo"; readonly value: unknown }
  | { readonly kind: "count"; readonly to: number }
  | { readonly kind: "next" }
  | { readonly kind: "spin" }
  | { readonly kind: "wait" }
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "grow" }
  | { readonly kind: "read"; readonly path: string }
  | { readonly kind: "environment" }

/** `more` comes before the message that ends a task. */
export type Told =
  | { readonly kind: "ready"; readonly pid: number }
  | { readonly kind: "more"; readonly value: number }
  | { readonly kind: "done"; readonly value: unknown }

let counted = 0
let countTo = 0
const tell = (told: Told) => reply(told)
const done = (value: unknown) => tell({ kind: "done", value })
const count = () => (counted < countTo ? tell({ kind: "more", value: counted++ }) : done("counted"))

const run = (task: Task): void => {
  switch (task.kind) {
    case "echo":
      return done(task.value)
    case "count":
      ;[counted, countTo] = [0, task.to]
      return count()
    case "next":
      return count()
    case "spin":
      for (;;);
    case "wait":
      return
    case "exit":
      return process.exit(task.code)
    case "grow": {
      limitMemory(64)
      const kept: Array<Buffer> = []
      const timer = setInterval(() => kept.push(Buffer.alloc(16 * 2 ** 20, 1)), 10)
      return void timer
    }
    case "read":
      try {
        return done(readFileSync(task.path, "utf8"))
      } catch (cause) {
        return done(cause instanceof Error && "code" in cause ? cause.code : cause)
      }
    case "environment":
      return done(Object.keys(process.env))
  }
}
// Only the pool's tests start this program, and they send tasks.
onMessage((message) => run(message as Task))
tell({ kind: "ready", pid: process.pid })
