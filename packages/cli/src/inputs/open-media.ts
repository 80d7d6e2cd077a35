/** Inputs as media of core. */
import { Media, textMedia } from "@sightline/core"
import type { InputItem } from "./input-item.ts"

/** The medium of an input. Reads nothing. */
export const openMedia = ({ kind, source }: InputItem): Media => {
  switch (source.from) {
    case "text":
      return textMedia(source.text)
    case "url":
      return new Media(kind, { from: "url", url: source.url })
    case "file":
      return new Media(kind, { from: "file", path: source.path }, { name: source.path })
  }
}
