/** The button below a block that runs in the page, and what the program writes. */
import { defineComponent, h, ref } from "vue"

type State = "ready" | "running" | "done" | "failed"

const shown = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? String(value)))

/** The bundled block: a program that writes to the console it is given. */
interface BlockModule {
  readonly default: (console: {
    readonly log: (...values: ReadonlyArray<unknown>) => void
    readonly warn: (...values: ReadonlyArray<unknown>) => void
    readonly error: (...values: ReadonlyArray<unknown>) => void
    /** The value of a line that says with `// =>` what it gives. */
    readonly given: (value: unknown) => void
  }) => Promise<void>
}

export const RunBlock = defineComponent({
  props: { src: { type: String, required: true } },
  setup: ({ src }) => {
    const state = ref<State>("ready")
    const lines = ref<ReadonlyArray<string>>([])
    const write = (line: string) => (lines.value = [...lines.value, line])
    const log = (...values: ReadonlyArray<unknown>) => write(values.map(shown).join(" "))
    const given = (value: unknown) => write(JSON.stringify(value))

    const run = async () => {
      state.value = "running"
      lines.value = []
      try {
        // the address is known in the page alone, so the bundler must leave it
        const block = (await import(/* @vite-ignore */ new URL(src, location.href).href)) as BlockModule
        await block.default({ log, warn: log, error: log, given })
        state.value = "done"
      } catch (thrown) {
        write(String(thrown))
        state.value = "failed"
      }
    }

    return () =>
      h("div", { class: "run-block", "data-state": state.value }, [
        h("button", { type: "button", disabled: state.value === "running", onClick: run }, "Run"),
        h("pre", { role: "status", "aria-label": "Output", hidden: state.value === "ready" }, lines.value.join("\n"))
      ])
  }
})
