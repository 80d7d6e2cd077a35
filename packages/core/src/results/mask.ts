// Masks: which pixels of a picture belong to a region.
import type { Size } from "../media/frame-of-reference.ts"
import type { ImageWire } from "../wire/messages/media-messages.ts"
import { toBase64, toBytes } from "../wire/codec/base64.ts"
import type { GreyPixels } from "./decode-png.ts"

/** A mask whose pixels cannot be read; says why. */
export class MaskUnreadable extends Error {
  readonly _tag = "MaskUnreadable"
  override readonly name = "MaskUnreadable"
}

/**
 * Which pixels belong to a region: as large as the picture that was sent, or a scaled-down copy of its shape.
 * Pixels are decoded when first asked for, once.
 */
export class Mask {
  readonly #png: string | Uint8Array<ArrayBuffer>
  #pixels: Promise<GreyPixels> | undefined
  /** In pixels, as the service says; absent where it does not. */
  readonly width: number | undefined
  /** In pixels, as the service says; absent where it does not. */
  readonly height: number | undefined
  readonly #turn: ((pixels: GreyPixels) => GreyPixels) | undefined

  constructor(wire: ImageWire, turn?: (pixels: GreyPixels) => GreyPixels) {
    this.#png = wire.base64 ?? ""
    this.width = wire.image_info?.width
    this.height = wire.image_info?.height
    this.#turn = turn
  }

  /**
   * The same mask over another picture: `turn` makes its pixels from these. `bytes` and JSON stay what came.
   * Shape: of `size`, where it is known.
   */
  over(size: Size | undefined, turn: (pixels: GreyPixels) => GreyPixels): Mask {
    const before = this.#turn
    return new Mask(
      { base64: this.#png, ...(size === undefined ? {} : { image_info: size }) },
      before === undefined ? turn : (pixels) => turn(before(pixels))
    )
  }

  /** The encoded picture as it came, of the pixels that were sent: a PNG. Empty if it was not base64. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return toBytes(this.#png) ?? new Uint8Array()
  }

  /**
   * One byte a pixel, row by row from the top left: 255 is inside, 0 outside. Rejects with {@link MaskUnreadable}.
   * Shape: `data` is `[height × width]`.
   */
  pixels(): Promise<GreyPixels> {
    return (this.#pixels ??= this.#decode())
  }

  async #decode(): Promise<GreyPixels> {
    const { decodePng } = await import("./decode-png.ts") // most programs read no mask
    const decoded = await decodePng(this.bytes)
    if ("problem" in decoded) throw new MaskUnreadable(`this mask cannot be read: ${decoded.problem}`)
    return this.#turn === undefined ? decoded : this.#turn(decoded)
  }

  /** The mask as base64 text, the form it travels in. */
  toJSON(): { readonly png: string; readonly width?: number; readonly height?: number } {
    return {
      png: typeof this.#png === "string" ? this.#png : toBase64(this.#png),
      ...(this.width === undefined ? {} : { width: this.width }),
      ...(this.height === undefined ? {} : { height: this.height })
    }
  }
}
