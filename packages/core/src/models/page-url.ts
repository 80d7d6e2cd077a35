// The addresses of pages, by which people name models and workflows.

/** What a page is about. */
export interface Page {
  readonly userId: string
  readonly appId: string
  readonly id: string
  readonly versionId?: string
}

/**
 * Reads `https://host/{user}/{app}/{kind}/{id}[/versions/{version}]`, of any host; `undefined` if the text is not one.
 */
export const readPage = (url: string, kind: "models" | "workflows"): Page | undefined => {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return undefined
  let parts: ReadonlyArray<string>
  try {
    parts = new URL(url).pathname
      .replace(/^\/|\/$/g, "")
      .split("/")
      .map(decodeURIComponent)
  } catch {
    return undefined // an escape that is not UTF-8
  }
  const [userId, appId, found, id, versions, versionId] = parts
  if (found !== kind || !userId || !appId || !id) return undefined
  if (parts.length === 4) return { userId, appId, id }
  return parts.length === 6 && versions === "versions" && versionId ? { userId, appId, id, versionId } : undefined
}
