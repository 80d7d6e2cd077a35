// Cases: what only runtimes with Node's modules have.
import { createReadStream } from "node:fs"
import { Readable } from "node:stream"
import { pathToFileURL } from "node:url"
import { type Media, type MediaInput, models } from "@sightline/core"
import { appAt } from "../connect.ts"
import { type Config, equal, isTrue, jpegBase64, jpegBytes, type RuntimeCase } from "../runtime-case.ts"

const nameOf = async (config: Config, input: Exclude<MediaInput, Media>) => {
  const result = await appAt(config, "well").input(input).predict(models.general).result()
  return result.ok ? result.value.concepts[0]?.name : result.error.message
}

export const nodeCases: Readonly<Record<string, RuntimeCase>> = {
  "a Buffer arrives": async (config) => equal(await nameOf(config, Buffer.from(jpegBytes())), jpegBase64),
  "a stream of Node's arrives": async (config) => {
    equal(await nameOf(config, createReadStream(config.file ?? "")), jpegBase64)
    equal(await nameOf(config, Readable.from([jpegBytes().slice(0, 2), jpegBytes().slice(2)])), jpegBase64)
  },
  "a stream of Node's that fails says why": async (config) => {
    const told = await nameOf(config, createReadStream(`${config.file}.missing`))
    isTrue(told?.includes("ENOENT") === true, String(told))
  },
  "a file: URL object is a file": async (config) =>
    equal(await nameOf(config, pathToFileURL(config.file ?? "")), jpegBase64),
  "a folder and a device are no regular files": async (config) => {
    const folder = await nameOf(config, pathToFileURL(`${config.file}/..`.replace(/[^/]+\/\.\.$/, "")))
    isTrue(folder?.includes("is a folder") === true, String(folder))
    if (process.platform === "win32") return
    const device = await nameOf(config, new URL("file:///dev/zero"))
    isTrue(device?.includes("no regular file") === true, String(device))
  }
}
