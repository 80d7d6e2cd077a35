/** One input of a command: its label in outcomes, and where its content is. */
import { createHash } from "node:crypto"
import type { MediaKind } from "@sightline/platform/media-kind"

/** One input. */
export interface InputItem {
  /** What outcomes are labelled with: the path as it was given, the address, or the text. Equal for equal inputs. */
  readonly label: string
  readonly kind: MediaKind
  readonly source:
    | { readonly from: "file"; readonly path: string }
    | { readonly from: "url"; readonly url: string }
    | { readonly from: "text"; readonly text: string }
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8)

/** Query parameters whose values give access. */
const secretParameter = /signature|sig$|token|key|secret|credential|password|passwd|auth|policy|session|code$/i

/**
 * An address that may be shown and stored. Values that give access (a password, a signature) are replaced by a short hash,
 * so that different addresses stay different.
 *
 * @example shownAddress("https://a.com/1.jpg?size=2&sig=abc") // => "https://a.com/1.jpg?size=2&sig=~ba7816bf"
 */
export const shownAddress = (address: string): string => {
  if (!URL.canParse(address)) return address
  if (/^data:/i.test(address)) return `${/^data:[^;,]*/i.exec(address)?.[0] ?? "data:"},~${digest(address)}`
  const url = new URL(address)
  if (url.password === "" && url.search === "") return address
  const password = url.password === "" ? "" : `:~${digest(url.password)}`
  const user = url.username === "" && password === "" ? "" : `${url.username}${password}@`
  const query = url.search
    .slice(1)
    .split("&")
    .map((part) => {
      const at = part.indexOf("=")
      return at > 0 && secretParameter.test(part.slice(0, at))
        ? `${part.slice(0, at)}=~${digest(part.slice(at + 1))}`
        : part
    })
    .join("&")
  return `${url.protocol}//${user}${url.host}${url.pathname}${query === "" ? "" : `?${query}`}${url.hash}`
}

const maxTextLabel = 80

/** An input that is text itself. */
export const textItem = (text: string): InputItem => ({
  label: text.length <= maxTextLabel ? text : `${text.slice(0, maxTextLabel)}…~${digest(text)}`,
  kind: "text",
  source: { from: "text", text }
})
