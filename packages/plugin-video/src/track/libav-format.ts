// Containers that libav opens, read from bytes that it asks for.
import type { IOContext } from "node-av/lib"
import type { ByteSource } from "../bytes/byte-source.ts"
import { VideoUnsupported } from "../errors.ts"
import { describeCode, type Libav } from "../libav.ts"

const makeIo = ({ c, lib }: Libav, source: ByteSource): IOContext => {
  let position = 0
  const io = new lib.IOContext()
  const read = async (size: number): Promise<Buffer | number> => {
    if (position >= source.sizeBytes) return c.AVERROR_EOF
    const bytes = await source.read(position, Math.min(position + size, source.sizeBytes)).catch(() => undefined)
    if (bytes === undefined) return c.AVERROR_EIO
    position += bytes.byteLength
    return bytes.byteLength === 0 ? c.AVERROR_EOF : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  const seek = (offset: bigint, whence: number): bigint => {
    if ((whence & c.AVSEEK_SIZE) !== 0) return BigInt(source.sizeBytes)
    const base = whence === c.AVSEEK_CUR ? position : whence === c.AVSEEK_END ? source.sizeBytes : 0
    position = Math.max(0, base + Number(offset))
    return BigInt(position)
  }
  io.allocContextWithCallbacks(65_536, 0, read, null, seek)
  return io
}

/**
 * Opens bytes as one of the formats, which are libav's names with commas between them. None of them may be a playlist, or
 * anything that opens other files or addresses by name.
 */
export const openFormat = async (libav: Libav, source: ByteSource, formats: string) => {
  const { c, lib } = libav
  const format = new lib.FormatContext()
  const io = source.path === undefined ? makeIo(libav, source) : undefined
  if (io !== undefined) {
    format.allocContext()
    format.pb = io
  }
  const options = lib.Dictionary.fromObject({
    format_whitelist: formats,
    protocol_whitelist: "file",
    probesize: 2_000_000
  })
  // the "file:" in front keeps a name with a colon in it from being read as an address
  const opened = await format.openInput(source.path === undefined ? "" : `file:${source.path}`, null, options)
  const code = opened < 0 ? opened : await format.findStreamInfo()
  const close = async () => {
    await format.closeInput()
    io?.freeContext()
  }
  if (code >= 0) return { format, close }
  if (opened >= 0) await close()
  // a format outside of the list, such as a picture's, is an invalid argument to libav
  const unknown = code === c.AVERROR_INVALIDDATA || code === c.AVERROR_EINVAL
  const detail = unknown ? "no known container begins like this" : describeCode(libav, code)
  throw new VideoUnsupported({ reason: "not-a-video", detail })
}
