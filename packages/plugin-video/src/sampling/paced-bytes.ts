// Bytes whose readers give the event loop its turn.
import type { ByteSource } from "../bytes/byte-source.ts"
import type { Pace } from "./pace.ts"

/** The same bytes: those in memory are there at once, so that reading them again and again would let no timer run. */
export const pacedBytes = (bytes: ByteSource, pace: Pace): ByteSource => ({
  ...bytes,
  read: async (start, end) => {
    await pace.step()
    return bytes.read(start, end)
  }
})
