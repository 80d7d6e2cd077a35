/**
 * The text of a declaration file with its relative `./x.ts` specifiers turned into `./x.js`.
 *
 * `rewriteRelativeImportExtensions` repairs only what runs: tsc leaves `.ts` in declarations (typescript 7.0.2),
 * and a package that ships no sources would then name files that are not there.
 *
 * @example withJsSpecifiers(`export * from "./a.ts"`) // => `export * from "./a.js"`
 */
export const withJsSpecifiers = (text: string): string =>
  text.replaceAll(/(\bfrom |\bimport\(|\bimport )"(\.{1,2}\/[^"\n]*?)\.ts"/g, '$1"$2.js"')
