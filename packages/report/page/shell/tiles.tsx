/** Figures at the top of a view. */
import type { JSX } from "preact"

/** A name, its value, and whether that is good. */
export type Tile = readonly [name: string, value: string, tone?: "good" | "bad" | undefined]

export const Tiles = ({ tiles }: { readonly tiles: ReadonlyArray<Tile> }): JSX.Element => (
  <dl class="tiles">
    {tiles.map(([name, value, tone]) => (
      <div key={name} class={`tile ${tone ?? ""}`}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)
