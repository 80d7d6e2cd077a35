/** The HTML report of a prediction, made while its outcomes arrive. */
import type { CallEvent, Media, Outcome } from "@sightline/core"

/** Takes a run's inputs, events and outcomes; `end` resolves with the path of the report. */
export interface PredictionReport {
  readonly event: (event: CallEvent) => void
  readonly input: (index: number, media: Media) => void
  /** Resolves when the report can take another outcome. */
  readonly outcome: (outcome: Outcome<unknown, unknown>) => Promise<void>
  readonly end: () => Promise<string>
}

const noWaiter = (): void => {}

/** How many outcomes wait for the report at most. */
const maxWaiting = 32

/** Starts the report of a run, which is written to `path` when the run ends. */
export const startReport = async (path: string, title: string): Promise<PredictionReport> => {
  const { recorder, report } = await import("@sightline/report")
  const watch = recorder()
  const media = new Map<number, Media>()
  const waiting: Array<Outcome<unknown, unknown>> = []
  let isOver = false
  const failed = new AbortController()
  let wakeReader = noWaiter
  let wakeWriter = noWaiter
  const outcomes = async function* (): AsyncGenerator<Outcome<unknown, unknown>, void> {
    for (;;) {
      const next = waiting.shift()
      wakeWriter()
      if (next !== undefined) yield next
      else if (isOver) return
      else
        await new Promise<void>((wake) => {
          wakeReader = wake
        })
    }
  }
  const inputs = ({ index }: { readonly index: number }) => {
    const found = media.get(index)
    media.delete(index)
    return found
  }
  const written = report({ title, outcomes: outcomes(), inputs, events: watch, names: true }).write(path)
  written.catch(() => {
    failed.abort() // reported by `end`
    wakeWriter()
  })
  return {
    event: watch.event,
    input: (index, medium) => void media.set(index, medium),
    outcome: async (outcome) => {
      waiting.push(outcome)
      wakeReader()
      while (waiting.length > maxWaiting && !failed.signal.aborted)
        await new Promise<void>((wake) => {
          wakeWriter = wake
        })
    },
    end: async () => {
      isOver = true
      wakeReader()
      return (await written).path
    }
  }
}
