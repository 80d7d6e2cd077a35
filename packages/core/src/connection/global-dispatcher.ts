/**
 * Which dispatcher undici and Node's own `fetch` use, and whether anybody chose it. Loading undici 8 replaces the one of
 * Node's `fetch`, and with it a proxy that Node was configured with, so it is put back.
 */

/** Where undici keeps its global dispatcher: Node's own up to 24, undici 6 and 7; and undici 8. */
const [legacy, current] = [Symbol.for("undici.globalDispatcher.1"), Symbol.for("undici.globalDispatcher.2")]

const held = globalThis as { [key: symbol]: unknown }

/** Asking for a class of Node's `fetch` loads its own undici, which sets its dispatcher where there is none. */
const ofNode = (): unknown => globalThis.Response && held[legacy]

/** Loads undici, and gives Node's `fetch` back what it used before. */
export const keepNodeDispatcher = async <A>(load: () => Promise<A>): Promise<A> => {
  const [before, own] = [held[current], ofNode()]
  const loaded = await load()
  if (before === undefined) held[legacy] = own
  return loaded
}

const nameOf = (value: unknown): unknown =>
  typeof value === "function" ? value.name : Object(Object(value).constructor).name

/** The value of the symbol property of that description. */
const hidden = (holder: object, description: string): unknown => {
  const key = Object.getOwnPropertySymbols(holder).find((symbol) => symbol.description === description)
  return key === undefined ? undefined : (holder as { readonly [key: symbol]: unknown })[key]
}

const defaults = new WeakSet<object>()

/** True for the agent that undici creates by default. An agent that cannot be recognized counts as chosen. */
const isDefault = (dispatcher: unknown): boolean => {
  if (dispatcher === undefined) return true
  if (typeof dispatcher !== "object" || dispatcher === null) return false
  if (defaults.has(dispatcher)) return true
  const options = hidden(dispatcher, "options")
  const plain =
    nameOf(dispatcher) === "Agent" &&
    nameOf(hidden(dispatcher, "factory")) === "defaultFactory" &&
    typeof options === "object" &&
    options !== null &&
    Object.values(options).every((value) => value === undefined || value === Infinity)
  if (plain) defaults.add(dispatcher)
  return plain
}

/**
 * Who has to make a request: `undici` by the dispatcher that was set for it, `node` by its own `fetch`, for which one was
 * set, such as a proxy; `own` if none was set.
 */
export const chosenDispatcher = (): "undici" | "node" | "own" => {
  if (!isDefault(held[current])) return "undici"
  const chosen = ofNode()
  return isDefault(chosen) || nameOf(chosen) === "Dispatcher1Wrapper" ? "own" : "node"
}
