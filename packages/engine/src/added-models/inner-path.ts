/** Paths of files inside the folder of a model. */
import { mkdir } from "node:fs/promises"
import { dirname, join, sep } from "node:path"

/** Paths that lead out of a folder are never written, whatever an archive or a hub names. */
export const isInside = (path: string): boolean =>
  !path.split(/[/\\]/).includes("..") && !/^(?:[/\\]|[a-z]:)/i.test(path)

/** The place of a file in a folder, whose own folder is made. */
export const makePlace = async (folder: string, name: string): Promise<string> => {
  const place = join(folder, name.split("/").join(sep))
  await mkdir(dirname(place), { recursive: true })
  return place
}
