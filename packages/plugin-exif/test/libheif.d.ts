/** The entry of libheif-js that carries its WebAssembly inside; the package has no types for it. */
declare module "libheif-js/wasm-bundle.js" {
  import type { Libheif } from "../src/codec/heic-codec.ts"
  const libheif: Libheif
  export = libheif
}
