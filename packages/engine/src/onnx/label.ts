/** Labels, scores and boxes, as models return them. */

/** One of a model's labels. */
export interface ModelLabel {
  readonly id: string
  readonly name: string
}

/** A concept by its label. */
export interface ModelScore extends ModelLabel {
  readonly value: number
}

/** Edges as fractions of the stored image. */
export interface ModelBox {
  readonly top: number
  readonly left: number
  readonly bottom: number
  readonly right: number
}
