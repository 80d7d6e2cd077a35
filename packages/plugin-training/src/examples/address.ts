/** Web addresses of examples. Their queries and credentials are often secret and must not reach names or journals. */

/** True for an `http` or `https` address. */
export const isAddress = (text: string): boolean => /^https?:\/\//i.test(text)

/**
 * An address without credentials, query and fragment.
 *
 * @example withoutQuery("https://me:key@example.com/a.jpg?signature=1#top") // => "https://example.com/a.jpg"
 */
export const withoutQuery = (address: string): string => {
  if (!URL.canParse(address)) return address.replace(/[?#].*$/s, "")
  const { origin, pathname } = new URL(address)
  return `${origin}${pathname}`
}

/** True for an address that has neither credentials nor a query, so that all of it may be written down. */
export const isPublicAddress = (address: string): boolean => {
  if (!URL.canParse(address)) return false
  const { password, search, username } = new URL(address)
  return username === "" && password === "" && search === ""
}
