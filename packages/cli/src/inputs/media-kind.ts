/** The inputs of a command: files, folders, globs, addresses, text and lists. This file: the kind of an input by its name. */
import { extname } from "node:path"

/** The kinds of inputs. */
export const kinds = ["image", "video", "text", "audio"] as const
export type InputKind = (typeof kinds)[number]

const extensions: Readonly<Record<InputKind, ReadonlyArray<string>>> = {
  image: ["jpg", "jpeg", "jpe", "png", "webp", "gif", "bmp", "tif", "tiff", "avif", "heic", "heif"],
  video: ["mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "mts", "m2ts", "3gp", "flv", "wmv", "ogv"],
  text: ["txt", "md"],
  audio: ["wav", "mp3", "flac", "ogg", "oga", "opus", "m4a", "aac", "aif", "aiff"]
}

const kindOfExtension = new Map(
  kinds.flatMap((kind) => extensions[kind].map((extension) => [extension, kind] as const))
)

/**
 * The kind of a file or address by its extension; undefined for an unknown one.
 *
 * @example kindOf("https://example.com/clip.MP4?size=2") // => "video"
 */
export const kindOf = (name: string): InputKind | undefined => {
  const path = URL.canParse(name) && /^https?:/i.test(name) ? new URL(name).pathname : name
  return kindOfExtension.get(extname(path).slice(1).toLowerCase())
}
