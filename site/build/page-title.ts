/** The title of a page: its first heading. */

/** The text of the first heading; undefined for a page without one, such as the start page. */
export const titleOf = (markdown: string): string | undefined => /^# (.+)$/m.exec(markdown)?.[1]
