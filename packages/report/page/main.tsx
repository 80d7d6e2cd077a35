/** Starts the page: reads the overview, shows it, and shows everything at once for the printer. */
import { render } from "preact"
import { App } from "./shell/app.tsx"
import { Blocks, readData } from "./shell/blocks.ts"
import { colorConcepts } from "./shell/colors.ts"

const start = async (): Promise<void> => {
  const root = document.getElementById("report")
  if (root === null) return
  const data = await readData()
  colorConcepts(data.evaluation?.concepts ?? [])
  colorConcepts(data.concepts)
  const blocks = new Blocks(data)
  const show = (printing: boolean): void => render(<App data={data} blocks={blocks} printing={printing} />, root)
  root.replaceChildren()
  show(false)
  root.dataset["ready"] = "true"
  window.addEventListener("beforeprint", () => show(true))
  window.addEventListener("afterprint", () => show(false))
}

start().catch(() => {
  const root = document.getElementById("report")
  const line = document.createElement("p")
  line.className = "loading"
  line.textContent = "This report cannot be opened: the file is damaged, or the browser is too old."
  root?.replaceChildren(line)
})
