/** A file on this machine, named as such: a string is always an address, so that no string from a request reads a file. */

const nameOf = (path: string): string => path.split(/[/\\]/).findLast((part) => part !== "") ?? path

const inspect = Symbol.for("nodejs.util.inspect.custom")

/** A file on this machine; {@link file} makes one. */
export class LocalFile {
  readonly path: string
  constructor(path: string) {
    this.path = path
  }
  /** The last part of the path. */
  get name(): string {
    return nameOf(this.path)
  }
  toString(): string {
    return this.name
  }
  [inspect](): string {
    return `LocalFile(${this.name})`
  }
}

const pathOf = (url: URL): string => {
  if (url.protocol !== "file:") throw new TypeError(`file(..) takes a path or a file: URL, not one of ${url.protocol}`)
  if (url.hostname !== "") throw new TypeError("a file: URL with a host names a file on another machine")
  // decoded, these would become separators, and `..` behind one would lead elsewhere
  if (/%2f|%5c/i.test(url.pathname)) throw new TypeError("a file: URL contains no encoded slash")
  const path = decodeURIComponent(url.pathname)
  return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path
}

/**
 * A file on this machine, for `input`, `inputs`, `video`, `audio` and `text`. It is read when the chain runs: a regular
 * file, no larger than the connection's limits.
 *
 * @param path A path, or a `file:` URL without a host.
 * @throws TypeError For an empty path, and for a URL that names no file on this machine.
 * @example app.input(file("photo.jpg")).predict(models.general)
 */
export const file = (path: string | URL): LocalFile => {
  const given = typeof path === "string" ? path : pathOf(path)
  if (typeof given !== "string" || given === "") throw new TypeError("file(..) takes a path that is not empty")
  if (given.includes("\0")) throw new TypeError("a path contains no null character")
  return new LocalFile(given)
}
