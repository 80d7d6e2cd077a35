/** Problems of a graph with its manifest: what the graph has, what the manifest says, and what to change. */

/** A graph and its manifest do not fit, or its output has another meaning than the manifest says. */
export class GraphProblem extends Error {
  constructor(message: string) {
    super(message)
    this.name = "GraphProblem"
  }
}

/**
 * A shape as text; sizes that depend on the input by their name.
 *
 * @example shapeText([1, 3, "height", 8]) // => "[1, 3, height, 8]"
 */
export const shapeText = (shape: ReadonlyArray<number | string>): string => `[${shape.join(", ")}]`

/** An input or output by name and shape. */
export const portText = (port: { readonly name: string; readonly shape: ReadonlyArray<number | string> }): string =>
  `${port.name} ${shapeText(port.shape)}`
