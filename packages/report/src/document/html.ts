/** The HTML file: a policy that allows nothing from outside, the page's own style and script, and the packed data. */
import { createHash } from "node:crypto"
import { packJson, blocksOf, picturesPerBlock, rowsPerBlock, toBase64 } from "./pack.ts"
import type { ReportData } from "./report-data.ts"
import { pageScript, pageStyle } from "./page-bundle.ts"

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`

/** Nothing may be loaded, sent, framed, evaluated or parsed from text; pictures are `data:` addresses of this file. */
const policy = [
  "default-src 'none'",
  `script-src ${hashOf(pageScript)}`,
  `style-src ${hashOf(pageStyle)}`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'"
].join("; ")

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`)

const block = (id: string, content: string): string => `<script type="text/plain" id="${id}">${content}</script>\n`

/** What the file is made of. */
export interface DocumentParts {
  readonly data: ReportData
  /** Details of the rows as JSON texts, in the order of the rows. */
  readonly details: ReadonlyArray<string>
  /** Encoded pictures, in the order of `data.pictures`. */
  readonly pictures: ReadonlyArray<Uint8Array>
}

/** Everything before the data. */
const head = (title: string): string =>
  `<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="@sightline/report">
<title>${escaped(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<div id="report"><p class="loading">Opening the report …</p></div>
<noscript><p class="loading">This report needs JavaScript. It loads nothing and sends nothing.</p></noscript>
`

/**
 * The file in pieces, in order. The script comes before pictures and details, so that the page is there while the rest
 * is still being read.
 */
export function* htmlPieces({ data, details, pictures }: DocumentParts): Generator<string, void> {
  yield head(data.title)
  yield block("data", packJson(JSON.stringify(data)))
  yield `<script>${pageScript}</script>\n`
  for (const [i, rows] of blocksOf(details, rowsPerBlock).entries())
    yield block(`rows-${i}`, packJson(`[${rows.join(",")}]`))
  for (const [i, some] of blocksOf(pictures, picturesPerBlock).entries())
    yield block(`pictures-${i}`, some.map(toBase64).join("\n"))
  yield `<i id="end" hidden></i>\n</body>\n</html>\n`
}

/** Bytes of the file besides pictures. Their size in the file is a third more than their own. */
export const bytesWithoutPictures = (parts: DocumentParts): number => {
  let bytes = 0
  for (const piece of htmlPieces({ ...parts, pictures: [] })) bytes += Buffer.byteLength(piece)
  return bytes
}
