/** Certificates for `localhost`, made by openssl when a test asks for them. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Whether openssl is installed; says so where it is not. */
export const hasOpenssl = (): boolean => {
  const found = spawnSync("openssl", ["version"]).status === 0
  if (!found) console.warn("skipped: tests over TLS (openssl is not installed)")
  return found
}

/** A private key and a certificate that it signs itself, valid for `days` days from now; -1 has expired. */
export const selfSigned = (days: number): { readonly key: Uint8Array; readonly cert: Uint8Array } => {
  const folder = mkdtempSync(join(tmpdir(), "certificate-"))
  const path = (name: string) => join(folder, name)
  const run = (...args: ReadonlyArray<string>) => {
    const { status, stderr } = spawnSync("openssl", args)
    if (status !== 0) throw new Error(`openssl: ${stderr.toString()}`)
  }
  try {
    writeFileSync(path("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1")
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    run("req", "-new", ...curve, "-keyout", path("key"), "-out", path("request"), "-subj", "/CN=localhost")
    const signed = ["-signkey", path("key"), "-extfile", path("names"), "-days", String(days), "-out", path("cert")]
    run("x509", "-req", "-in", path("request"), ...signed)
    return { key: readFileSync(path("key")), cert: readFileSync(path("cert")) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
