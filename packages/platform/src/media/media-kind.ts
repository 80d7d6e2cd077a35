/**
 * Folder `media`: kinds and types of media, and pictures that sharp does not read. This file: the kind of a medium by the name
 * of its file.
 */
import { extname } from "node:path"

/** The kinds of media. */
export const kinds = ["image", "video", "text", "audio"] as const
export type MediaKind = (typeof kinds)[number]

const extensions: Readonly<Record<MediaKind, ReadonlyArray<string>>> = {
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
export const kindOf = (name: string): MediaKind | undefined => {
  const path = URL.canParse(name) && /^https?:/i.test(name) ? new URL(name).pathname : name
  return kindOfExtension.get(extname(path).slice(1).toLowerCase())
}
