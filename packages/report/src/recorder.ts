/** Records what happens on the wire while a program runs, for the report of that run. */
import type { CallEvent } from "@sightline/core"
import { definePlugin, type Plugin } from "@sightline/core/plugin"
import { CallLog, type RecordedRun } from "./run/call-log.ts"

/** Options of {@link recorder}. */
export interface RecorderOptions {
  /**
   * Most calls that are kept; of those beyond it only the number is.
   *
   * @default 50_000
   */
  readonly maxCalls?: number
  /**
   * The present time in milliseconds; only differences count.
   *
   * @default performance.now
   */
  readonly now?: () => number
}

/** What a recorder has recorded, and the two ways of attaching it: as a listener, or as a plugin. */
export interface Recorder {
  /** For `sightline(connection, { onEvent: watch.event })`. */
  readonly event: (event: CallEvent) => void
  /** For `app.use(watch.plugin)`, where the app already exists. */
  readonly plugin: Plugin<"report", {}, {}, {}, never>
  /** What was recorded so far. */
  readonly read: () => RecordedRun
}

/**
 * Makes a recorder: ids, counts and times of calls, never keys, bytes or answers. Attach it once, in one of its two ways,
 * and give it to `report({ events })`.
 *
 * @example
 * const watch = recorder()
 * const app = sightline(engine({ directory }), { onEvent: watch.event })
 */
export const recorder = ({ maxCalls = 50_000, now = () => performance.now() }: RecorderOptions = {}): Recorder => {
  const log = new CallLog(maxCalls)
  const event = (happened: CallEvent) => log.note(happened, now())
  return {
    event,
    plugin: definePlugin({ name: "report", version: 1, hooks: { response: event } }),
    read: () => log.read()
  }
}
