/** The content type of media by their first bytes: the type that a hosted copy is served with. */
import { sniff } from "@sightline/platform/sniff"
import type { Kind } from "./input.ts"

/**
 * A content type. Never one that a browser would run: unknown bytes are `application/octet-stream`. Containers of audio and
 * video take the kind that the caller names.
 */
export const sniffMedia = (bytes: Uint8Array, kind: Kind): string => {
  const type = sniff(bytes) ?? "application/octet-stream"
  if (type === "video/mp4" && kind === "audio") return "audio/mp4"
  if (type === "audio/ogg" && kind === "video") return "video/ogg"
  return type
}
